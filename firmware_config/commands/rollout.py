"""`plan`, `apply`, `verify`, `restore` and `probe`: from a branch file to its devices, and what they say (F2, F3).

Exit status: 0 everything is as the branch file says, or was done · 1 the branch file, the folder or its ledger is
not right · 2 called wrongly · 3 `verify` found a device that runs something else · 4 a device could not be asked or did
not take its configuration.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NoReturn, Protocol

import click

from firmware_config.commands.words import in_language, refuse
from firmware_config.load import load_branch_file
from firmware_config.models import BranchFile
from firmware_config.problems import BranchFileRefused
from firmware_config.rollout.disk import AnotherAtWork, RealDisk, alone
from firmware_config.rollout.ledger import Ledger, LedgerBroken, open_ledger
from firmware_config.rollout.pad_target import PadField, PadTarget
from firmware_config.rollout.probe import LineField, ports_seen
from firmware_config.rollout.shelf import Shelf
from firmware_config.rollout.standing import State, standings
from firmware_config.rollout.target import Target
from firmware_config.rollout.targets import BLOCKS, targets_of
from firmware_config.rollout.words import Words
from firmware_config.rollout.work import Outcome
from firmware_config.rollout.work import apply as apply_all
from firmware_config.rollout.work import restore as restore_all
from firmware_config.units.names import CONFIGURATION, LINES

BAD_FILE = 1
DRIFT = 3
UNREACHED = 4

_STATUS = """Exit status: 0 as the branch file says, or done; 1 the branch file or the folder is not right; 2 called
wrongly; 3 verify found something else; 4 a device could not be asked or did not take its configuration."""


class Field(PadField, LineField, Protocol):
    """The way to pads and lines."""

    def close(self) -> None:
        """Let every port go."""


OpenField = Callable[[BranchFile, Path, Path], Field]
"""Branch, folder of the lines' sockets, folder that relative ports are in → the way to its pads; the entry point's."""


@dataclass(frozen=True, slots=True)
class Site:
    """What a command works on: the branch, its folder, the devices chosen, how to speak."""

    branch: BranchFile
    folder: Path
    field: Field
    targets: tuple[Target, ...]
    words: Words
    is_json: bool
    ports_in: Path

    def tell(self, data: Any, lines: Iterator[str]) -> None:
        """The answer, for a machine or for people."""
        if self.is_json:
            click.echo(json.dumps(data, ensure_ascii=False, indent=2))
            return
        for line in lines:
            click.echo(line)


def _located(command: Any) -> Any:
    """The arguments every command has."""
    for option in (
        in_language,
        click.option("--json", "is_json", is_flag=True, help="The answer for a machine."),
        click.option(
            "--ports-in",
            type=click.Path(file_okay=False, path_type=Path),
            default=Path(),
            help="The folder that ports without a leading / are in [this one].",
        ),
        click.option(
            "--state-dir",
            type=click.Path(file_okay=False, path_type=Path),
            default=LINES,
            show_default=True,
            help="Where running pad lines have their sockets.",
        ),
        click.option(
            "--device",
            "devices",
            multiple=True,
            help="Only this device; may be given again.",
        ),
        click.option(
            "--line",
            "lines",
            multiple=True,
            help="Only this pad line and what hangs on it; may be given again.",
        ),
        click.option(
            "--target",
            "folder",
            type=click.Path(file_okay=False, path_type=Path),
            default=CONFIGURATION,
            show_default=True,
            help="The folder of the configuration files.",
        ),
        click.argument("file", type=click.Path(path_type=Path)),
    ):
        command = option(command)
    return command


@click.command(epilog=_STATUS)
@_located
@click.pass_obj
def plan(open_field: OpenField, /, **options: Any) -> None:
    """Show what `apply` would change on which device, key by key; nothing is changed."""
    with _site(open_field, **options) as site:
        found = standings(site.targets, _ledger(site))
        devices = [asdict(one) for one in found]
        site.tell({"devices": devices}, site.words.plan(found))
        if any(one.state is State.NO_ANSWER for one in found):
            raise SystemExit(UNREACHED)


@click.command(epilog=_STATUS)
@_located
@click.pass_obj
def verify(open_field: OpenField, /, **options: Any) -> None:
    """Say of every device whether it runs the new, the old, the previous or an unknown configuration."""
    with _site(open_field, **options) as site:
        ledger = _ledger(site)
        found = standings(site.targets, ledger)
        left = _left_over(site)
        devices = [asdict(one) for one in found]
        pending = {
            verb: sorted(ledger.pending(verb)) for verb in ("apply", "restore") if ledger.pending(verb)
        }
        site.tell(
            {"devices": devices, "unfinished": pending, "left_over": left},
            _verified(site.words, found, pending, left),
        )
        if any(one.state is State.NO_ANSWER for one in found):
            raise SystemExit(UNREACHED)
        if left or any(one.state.is_drift for one in found):
            raise SystemExit(DRIFT)


@click.command(epilog=_STATUS)
@_located
@click.pass_obj
def apply(open_field: OpenField, /, **options: Any) -> None:
    """Give every device its configuration, read it back, keep the previous one; again after a power cut."""
    with _site(open_field, **options) as site:
        _work(site, apply_all)


@click.command(epilog=_STATUS)
@_located
@click.pass_obj
def restore(open_field: OpenField, /, **options: Any) -> None:
    """Take the last `apply` back: what it changed runs what it ran before.  Given twice it is undone.

    With --device or --line: put back what these ran before, whenever they were given what they run.
    """
    is_all = not options["devices"] and not options["lines"]
    with _site(open_field, **options) as site:
        _work(site, partial(restore_all, of_last_run=is_all))


@click.command(epilog=_STATUS)
@_located
@click.option(
    "--address", "addresses", multiple=True, help="Ask here too: 5, 1-40 or all [those of the branch file]."
)
@click.option("--baud", "bauds", multiple=True, type=int, help="Ask at this speed; may be given again.")
@click.option(
    "--listen", "listen_s", type=float, default=1.0, show_default=True, help="Listen so many seconds a line."
)
@click.pass_obj
def probe(
    open_field: OpenField,
    /,
    addresses: tuple[str, ...],
    bauds: tuple[int, ...],
    listen_s: float,
    **options: Any,
) -> None:
    """Ask what is on every line and behind every port; nothing is written anywhere."""
    asked = _addresses(addresses)
    lines = options["lines"]
    with _site(open_field, **options) as site:
        chosen = [line.id for line in site.branch.devices.lines if not lines or line.id in lines]
        probes = [site.field.probe(line, asked, bauds or None, listen_s) for line in chosen]
        ports = ports_seen(site.branch, site.ports_in)
        said = (line for found in probes for line in site.words.line(found))
        site.tell(
            {"lines": [asdict(found) for found in probes], "ports": [asdict(port) for port in ports]},
            (line for part in (said, site.words.ports(ports)) for line in part),
        )
        if any(found.through is None for found in probes):
            raise SystemExit(UNREACHED)


def _work(site: Site, carry_out: Callable[..., Iterator[Outcome]]) -> None:
    disk = RealDisk()
    outcomes: list[Outcome] = []
    try:
        disk.make_folder(site.folder / BLOCKS)
        with alone(site.folder):
            for outcome in carry_out(site.targets, _ledger(site), Shelf(disk), _now):
                outcomes.append(outcome)
                if not site.is_json:
                    click.echo(site.words.outcome(outcome))
    except AnotherAtWork:
        _give_up(site.words.say("Another roll-out is at work in {folder}.", folder=site.folder))
    except OSError as fault:
        _give_up(f"{fault.filename or site.folder}: {fault.strerror}")
    if site.is_json:
        site.tell({"devices": [asdict(outcome) for outcome in outcomes]}, iter(()))
    elif not outcomes:
        click.echo(site.words.say("There is nothing to restore."))
    else:
        for line in site.words.commands(outcomes):
            click.echo(line)
    if any(outcome.result.is_failure for outcome in outcomes):
        raise SystemExit(UNREACHED)


@contextmanager
def _site(
    open_field: OpenField,
    file: Path,
    folder: Path,
    lines: Sequence[str],
    devices: Sequence[str],
    state_dir: Path,
    ports_in: Path,
    is_json: bool,
    language: str,
) -> Iterator[Site]:
    try:
        branch = load_branch_file(file)
    except BranchFileRefused as refusal:
        refuse(refusal, language)
    folder = folder.absolute()
    field = open_field(branch, state_dir, ports_in)
    try:
        targets = targets_of(branch, folder, RealDisk(), field)
        _require_known(branch, targets, lines, devices)
        chosen = tuple(target for target in targets if _is_chosen(target, lines, devices))
        yield Site(branch, folder, field, chosen, Words(language), is_json, ports_in)
    finally:
        field.close()


def _require_known(
    branch: BranchFile, targets: Sequence[Target], lines: Sequence[str], devices: Sequence[str]
) -> None:
    for given, known in (
        (lines, [line.id for line in branch.devices.lines]),
        (devices, [target.device for target in targets]),
    ):
        for name in given:
            if name not in known:
                raise click.BadParameter(f"there is no {name}; there is {', '.join(known) or 'none'}")


def _is_chosen(target: Target, lines: Sequence[str], devices: Sequence[str]) -> bool:
    if not lines and not devices:
        return True
    line = target.line if isinstance(target, PadTarget) else target.device
    # A kiosk's ticket layout is the kiosk's: `kiosk_1.ticket`.
    return line in lines or target.device in devices or target.device.split(".")[0] in devices


def _ledger(site: Site) -> Ledger:
    try:
        return open_ledger(site.folder, RealDisk())
    except LedgerBroken as fault:
        _give_up(str(fault))
    except OSError as fault:
        _give_up(f"{site.folder}: {fault.strerror}")


def _left_over(site: Site) -> list[str]:
    """Our files of devices that the branch file no longer has."""
    if not site.folder.is_dir():
        return []
    ours = {target.file for target in targets_of(site.branch, site.folder, RealDisk(), site.field)}
    found = [path for path in (*site.folder.glob("*.yaml"), *site.folder.glob("*.env")) if path not in ours]
    return sorted(str(path) for path in found)


def _verified(
    words: Words, found: Sequence[Any], pending: dict[str, list[str]], left: Sequence[str]
) -> Iterator[str]:
    yield from words.verdict(found)
    for verb, devices in pending.items():
        yield words.say(
            "A {verb} was begun and did not finish: {devices}", verb=verb, devices=", ".join(devices)
        )
    if left:
        yield words.say("No device of the branch file reads these any more: {files}", files=", ".join(left))


def _addresses(given: Sequence[str]) -> tuple[int, ...] | None:
    found: list[int] = []
    for text in given:
        match = re.fullmatch(r"(\d{1,3})(?:-(\d{1,3}))?", "1-247" if text == "all" else text)
        first, last = (int(match[1]), int(match[2] or match[1])) if match else (0, 0)
        if not 1 <= first <= last <= 247:
            raise click.BadParameter(f"{text}: expected an address from 1 to 247, two with -, or all")
        found += range(first, last + 1)
    return tuple(dict.fromkeys(found)) or None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _give_up(why: str) -> NoReturn:
    click.echo(why, err=True)
    raise SystemExit(BAD_FILE)
