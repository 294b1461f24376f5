"""What one model of ticket printer can do, read from YAML that inherits and overrides.

A profile is facts about a device; which port it hangs on is the branch's business.  Every problem is named by file,
line, column and key, and all of them at once, because technicians mend these files by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

PROFILES = Path(__file__).parent / "profiles" / "printers"
"""Where the shipped profiles live."""

Seconds = Annotated[float, Field(gt=0, le=120)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Paper(_Part):
    """The roll and the head: printable dots across, and how far the knife sits behind the head."""

    width_mm: Annotated[int, Field(ge=40, le=112)]
    printable_dots: Annotated[int, Field(ge=192, le=832, multiple_of=8)]
    dots_per_mm: Literal[8, 12] = 8
    cell_dots: Literal[8, 9, 12] = 12
    head_to_cutter_mm: Annotated[float, Field(ge=0, le=40)] = 12

    @property
    def cells(self) -> int:
        """Cells of text across: 48 on 576 dots, 32 on 384."""
        return self.printable_dots // self.cell_dots


class Text(_Part):
    """How the printer takes text.

    `chinese_size`: the command that enlarges Chinese: `GS !` as for ASCII, or `FS !` (doubles at most).
    """

    charset: Literal["gb18030", "gbk"]
    chinese_mode: Literal["explicit", "always"] = "explicit"
    chinese_size: Literal["gs_bang", "fs_bang"] = "gs_bang"
    line_dots: Annotated[int, Field(ge=24, le=64)] = 32
    is_smoothed: bool = False


class Qr(_Part):
    """How a QR code gets on paper: the printer's own `GS ( k`, or a raster image."""

    method: Literal["native", "raster"]
    module_dots: Annotated[int, Field(ge=2, le=16)] = 6
    error_correction: Literal["L", "M", "Q", "H"] = "L"

    @model_validator(mode="after")
    def _raster_doubles(self) -> Qr:
        # The raster is sent at half size and doubled by the printer: a quarter of the bytes on a slow wire.
        if self.method == "raster" and self.module_dots % 2:
            raise ValueError("a raster QR needs an even module_dots")
        return self


class Cut(_Part):
    """The knife: what it does, how long it takes, and the blank paper left under the last line."""

    method: Literal["partial", "full", "none"] = "partial"
    margin_dots: Annotated[int, Field(ge=0, le=255)] = 24
    takes_s: Annotated[float, Field(ge=0, le=5)] = 0.4


class SerialLine(_Part):
    """The serial port; `none`, `xonxoff` or `rtscts` (a module's DTR on our CTS) as flow control."""

    baud: Literal[2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400]
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Literal[1, 2] = 1
    flow: Literal["none", "xonxoff", "rtscts"] = "none"
    chunk_bytes: Annotated[int, Field(ge=16, le=512)] = 512
    write_within_s: Seconds = 3

    @property
    def byte_s(self) -> float:
        """Seconds one byte takes on the wire, start, parity and stop bits included."""
        return (9 + self.stop_bits + (self.parity != "N")) / self.baud


class StatusAnswers(_Part):
    """How the printer tells its state: asked by `DLE EOT`, and on its own by automatic status back if `has_asb`."""

    has_asb: bool = False
    poll_every_s: Seconds = 2
    answer_within_s: Seconds = 0.5


class Completion(_Part):
    """How we know a ticket is out, and how long we are willing to wait for that.

    `within_s` runs from the moment the last byte can have left the wire; `blocked_within_s` is the patience with a
    printer that says it cannot go on (paper, cover, knife): the customer stands in front of it.
    """

    method: Literal["gs_h", "gs_r", "poll"]
    within_s: Seconds = 10
    blocked_within_s: Seconds = 5
    speed_mm_s: Annotated[float, Field(ge=10, le=500)] = 100


class PrinterProfile(_Part):
    """One model of ticket printer."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]
    title: str
    paper: Paper
    text: Text
    qr: Qr
    cut: Cut = Cut()
    serial: SerialLine
    status: StatusAnswers = StatusAnswers()
    completion: Completion


class ProfileFault(Exception):
    """A profile cannot be used; `problems` says why, one sentence per problem with its place."""

    code = "bad_profile"

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class _Place:
    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


_Path = tuple[str, ...]


def printer_profile_names(folder: Path = PROFILES) -> tuple[str, ...]:
    """The profiles in `folder`, sorted."""
    return tuple(sorted(path.stem for path in folder.glob("*.yaml")))


def load_printer_profile(
    source: str | Path, overrides: Mapping[str, Any] | None = None, folder: Path = PROFILES
) -> PrinterProfile:
    """The profile named `source` in `folder`, or in the file `source`; `overrides` come last, nested like the YAML.

    Raises ProfileFault naming file, line, column and key of every problem.
    """
    path = source if isinstance(source, Path) else _named(source, folder)
    facts, places = _inherited(path, ())
    if overrides:
        facts = _merged(facts, overrides)
    try:
        return PrinterProfile.model_validate(facts)
    except ValidationError as fault:
        problems = []
        for error in fault.errors():
            key = tuple(str(part) for part in error["loc"])
            place = _place_of(key, places, path)
            given = "" if error["type"] == "missing" else f" (given: {error['input']!r:.60})"
            problems.append(f"{place}: {'.'.join(key) or 'profile'}: {error['msg']}{given}")
        raise ProfileFault(sorted(problems)) from None


def _named(name: str, folder: Path) -> Path:
    if name.endswith(".yaml"):
        return Path(name)
    if name not in printer_profile_names(folder):
        known = ", ".join(printer_profile_names(folder)) or "none"
        raise ProfileFault([f"{folder}: there is no printer profile {name!r}; known: {known}"])
    return folder / f"{name}.yaml"


def _inherited(path: Path, heirs: tuple[str, ...]) -> tuple[dict[str, Any], dict[_Path, _Place]]:
    """The facts of `path` over those of its ancestors, and where each key was written."""
    facts, places = _read(path)
    parent = facts.pop("inherits", None)
    if parent is None:
        return facts, places
    where = places[("inherits",)]
    if not isinstance(parent, str):
        raise ProfileFault([f"{where}: inherits: expected the name of a profile (given: {parent!r:.60})"])
    if parent in (*heirs, path.stem):
        raise ProfileFault([f"{where}: inherits: {' -> '.join((*heirs, path.stem, parent))} is a circle"])
    ancestor = next(
        (p for p in (path.parent / f"{parent}.yaml", PROFILES / f"{parent}.yaml") if p.exists()), None
    )
    if ancestor is None:
        raise ProfileFault([f"{where}: inherits: there is no printer profile {parent!r}"])
    inherited, inherited_places = _inherited(ancestor, (*heirs, path.stem))
    return _merged(inherited, facts), inherited_places | places


def _merged(under: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(under)
    for key, value in over.items():
        before = merged.get(key)
        both = isinstance(before, Mapping) and isinstance(value, Mapping)
        merged[key] = _merged(before, value) if both else value  # type: ignore[arg-type]
    return merged


def _read(path: Path) -> tuple[dict[str, Any], dict[_Path, _Place]]:
    try:
        text = path.read_text(encoding="utf-8")
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except (OSError, UnicodeDecodeError) as fault:
        raise ProfileFault([f"{path}: cannot be read: {fault}"]) from None
    except yaml.MarkedYAMLError as fault:
        mark = fault.problem_mark
        place = _Place(path.name, mark.line + 1, mark.column + 1) if mark else path.name
        raise ProfileFault([f"{place}: not YAML: {fault.problem}"]) from None
    except yaml.YAMLError as fault:
        raise ProfileFault([f"{path.name}: not YAML: {fault}"]) from None
    if not isinstance(root, yaml.MappingNode):
        raise ProfileFault([f"{path.name}:1:1: profile: expected keys and values"])
    places: dict[_Path, _Place] = {}
    problems: list[str] = []
    _mark(root, (), path.name, places, problems)
    if problems:
        raise ProfileFault(problems)
    facts = yaml.safe_load(text)
    return {str(key): value for key, value in facts.items()}, places


def _mark(
    node: yaml.MappingNode, above: _Path, file: str, places: dict[_Path, _Place], problems: list[str]
) -> None:
    """Note where every key stands; a key written twice is a problem YAML itself would swallow."""
    for key_node, value_node in node.value:
        key = (*above, str(key_node.value))
        place = _Place(file, key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        if key in places:
            problems.append(f"{place}: {'.'.join(key)}: written twice, first at line {places[key].line}")
        places[key] = place
        if isinstance(value_node, yaml.MappingNode):
            _mark(value_node, key, file, places, problems)


def _place_of(key: _Path, places: Mapping[_Path, _Place], path: Path) -> _Place:
    """Where `key` stands, or the nearest key above it; a missing top-level key belongs to the file's first line."""
    for length in range(len(key), 0, -1):
        if key[:length] in places:
            return places[key[:length]]
    return _Place(path.name, 1, 1)
