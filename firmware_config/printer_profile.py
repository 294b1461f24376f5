"""What one model of ticket printer can do, read from YAML that inherits and overrides.

A profile is facts about a device; which port it hangs on is the branch's business.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from firmware_config import scalars as s
from firmware_config.problems import Expected
from firmware_config.profile_file import ProfileFault, Shelf

__all__ = [
    "PROFILES",
    "PrinterProfile",
    "ProfileFault",
    "SerialLine",
    "load_printer_profile",
    "printer_profile_names",
]

PROFILES = Path(__file__).parent / "profiles" / "printers"
"""Where the shipped profiles live."""

PrinterBaud = Literal[2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400]
Seconds = Annotated[float, Field(gt=0, le=120)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Paper(_Part):
    """The roll and the head: printable dots across, and how far the knife sits behind the head."""

    width_mm: Annotated[int, Field(ge=40, le=112)]
    printable_dots: Annotated[int, Field(ge=192, le=832, multiple_of=8)]
    dots_per_mm: Annotated[Literal[8, 12], s.whole_of(8, 12)] = 8
    cell_dots: Annotated[Literal[8, 9, 12], s.whole_of(8, 9, 12)] = 12
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
            raise s.refused(Expected.EVEN_DOTS, found=self.module_dots, at="module_dots")
        return self


class Cut(_Part):
    """The knife: what it does, how long it takes, and the blank paper left under the last line."""

    method: Literal["partial", "full", "none"] = "partial"
    margin_dots: Annotated[int, Field(ge=0, le=255)] = 24
    takes_s: Annotated[float, Field(ge=0, le=5)] = 0.4


class SerialLine(_Part):
    """The serial port; `none`, `xonxoff` or `rtscts` (a module's DTR on our CTS) as flow control."""

    baud: Annotated[PrinterBaud, s.whole_of(*get_args(PrinterBaud))]
    parity: Literal["N", "E", "O"] = "N"
    stop_bits: Annotated[Literal[1, 2], s.whole_of(1, 2)] = 1
    flow: Literal["none", "xonxoff", "rtscts"] = "none"
    chunk_bytes: Annotated[int, Field(ge=16, le=512)] = 512
    write_within_s: Seconds = 3

    @property
    def byte_s(self) -> float:
        """Seconds one byte takes on the wire, start, parity and stop bits included."""
        return (9 + self.stop_bits + (self.parity != "N")) / self.baud


class StatusAnswers(_Part):
    """How the printer tells its state: asked by `DLE EOT`, and on its own by automatic status back if `has_asb`.

    `tells_name`: it knows `GS I` and answers with model and firmware, perhaps another maker's; one that does not know
    the command may print its letters.  `waits_for_host`: after a knife or a jam was freed it goes on only when it is
    told to, by `DLE ENQ`.
    """

    has_asb: bool = False
    tells_name: bool = False
    waits_for_host: bool = False
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

    name: s.Code
    title: Annotated[str, s.words(80)]
    paper: Paper
    text: Text
    qr: Qr
    cut: Cut = Cut()
    serial: SerialLine
    status: StatusAnswers = StatusAnswers()
    completion: Completion


_SHELF = Shelf(PrinterProfile, PROFILES, Expected.KNOWN_PROFILE)


def printer_profile_names(folder: Path = PROFILES) -> tuple[str, ...]:
    """The profiles in `folder`, sorted."""
    return _SHELF.names(folder)


def load_printer_profile(
    source: str | Path, overrides: Mapping[str, Any] | None = None, folder: Path = PROFILES
) -> PrinterProfile:
    """The profile named `source` in `folder`, or in the file `source`; `overrides` come last, nested like the YAML.

    Raises ProfileFault naming file, line, column and key of every problem.
    """
    return _SHELF.load(source, overrides, folder)
