"""From a checked branch file to what the server works with: the branch, who may come in, where and how to listen.

Read at the start and at every reload.  Tokens are forgotten here: only their hashes stay in memory.
"""

from __future__ import annotations

import hmac
import ipaddress
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from pathlib import Path

from firmware_config import models
from firmware_config.load import load_branch_file
from firmware_config.pad_block import block_of, crc16, encode
from firmware_config.pad_profile import PadProfile, load_pad_profile
from firmware_config.printer_profile import load_printer_profile
from firmware_config.rollout.differences import flat
from firmware_config.running import kiosk_checksum, printer_checksum, voice_checksum
from firmware_config.version import version_of, without_secrets
from queue_server.domain.actors import Actor, Role
from queue_server.domain.branch import (
    ALL_CLASSES,
    AmountBand,
    Branch,
    CallingPolicy,
    Counter,
    CustomerClass,
    Diversion,
    HallRules,
    Limit,
    MissedKind,
    MissedPolicy,
    Question,
    Rating,
    Service,
    ServiceGroup,
    Text,
    TimeStandard,
)
from queue_server.domain.branch import Device as BranchDevice
from queue_server.errors import Fault

PUBLISHED_PREFIX = "example-"
"""How tokens begin that stand in a file everybody can read."""


LINE_KINDS: Mapping[type[models.OnLine], str] = {
    models.CallPad: "call_pad",
    models.WindowScreen: "window_screen",
    models.Evaluator: "evaluator",
}


class PublishedTokens(Fault):
    """The branch file still has tokens of the example, and strangers could reach the port."""

    code = "published_tokens"
    template = (
        "Tokens of {ids} begin with example-: listen on 127.0.0.1 only, or give them secrets of their own"
    )


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff as people know them; `actor` is who they are to the rules."""

    actor: Actor
    name: Text


@dataclass(frozen=True, slots=True)
class Device:
    """A device of the branch; `kind` is kiosk, display, printer, pad_line, call_pad, window_screen or evaluator.

    `printer` is the one inside a kiosk; `line`, `address` and `counter` are of what hangs on a pad line.
    """

    id: str
    kind: str
    printer: str | None = None
    profile: str | None = None
    port: str | None = None
    line: str | None = None
    address: int | None = None
    counter: str | None = None


class Identities:
    """Who holds which token.

    Only keyed hashes are kept, and every one is compared in constant time: neither a memory dump nor the time an
    answer takes tells anything about a token.
    """

    def __init__(self, bearers: Iterable[tuple[str, Actor]]) -> None:
        self._actors = tuple((self._hash(token), actor) for token, actor in bearers)

    def identify(self, token: str) -> Actor | None:
        """The actor who holds `token`, or None for a token nobody holds."""
        given = self._hash(token)
        found = None
        # No early end: a hit takes as long as a miss.
        for known, actor in self._actors:
            if hmac.compare_digest(known, given):
                found = actor
        return found

    def is_same(self, other: Identities) -> bool:
        """Whether the same people and devices hold the same tokens."""
        return set(self._actors) == set(other._actors)

    def __len__(self) -> int:
        return len(self._actors)

    def _hash(self, token: str) -> bytes:
        return blake2b(token.encode("utf-8", "surrogatepass"), key=_KEY, digest_size=32).digest()


_KEY = secrets.token_bytes(32)
"""Of this process: the hashes of two branch files can be compared, those of two processes cannot."""


@dataclass(frozen=True, slots=True)
class BranchSetup:
    """A branch file, understood: the domain's branch, its people and devices, and their tokens' owners.

    `version`: a checksum of all it says but tokens; `values`: what it says, by dotted key, tokens left out.
    `expected_configs`: the checksum of the configuration each device should run, of those that hold one (F3).
    """

    branch: Branch
    identities: Identities
    people: tuple[Person, ...]
    devices: tuple[Device, ...]
    published_ids: tuple[str, ...] = ()
    version: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    expected_configs: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> Mapping[str, Text]:
        """What members of staff are called, by their ids."""
        return {person.actor.id: person.name for person in self.people}

    def name_of(self, actor_id: str) -> Text | None:
        """What a member of staff is called, or None for devices and strangers."""
        return next((person.name for person in self.people if person.actor.id == actor_id), None)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the composition root needs.  Folders are absolute; `port` 0 lets the system choose.

    `load` reads and checks the branch file again.
    """

    setup: BranchSetup
    data: Path
    load: Callable[[], BranchSetup]
    host: str = "127.0.0.1"
    port: int = 8081

    @property
    def branch(self) -> Branch:
        """The branch served."""
        return self.setup.branch


def load_branch(path: Path | str, environ: Mapping[str, str] | None = None) -> BranchSetup:
    """The branch file at `path`, understood.  Raises BranchFileRefused (firmware_config) with every problem in it."""
    return understand(load_branch_file(path, environ))


def load_settings(
    branch_file: Path | str,
    data: Path | str,
    host: str = "127.0.0.1",
    port: int = 8081,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Settings of a server.  Raises BranchFileRefused, or PublishedTokens when strangers could use the example's."""
    setup = load_branch(branch_file, environ)
    if setup.published_ids and not is_loopback(host):
        raise PublishedTokens(ids=", ".join(setup.published_ids))
    return Settings(setup, Path(data).absolute(), partial(load_branch, branch_file, environ), host, port)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach `host`; a name other than localhost counts as reachable."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def understand(file: models.BranchFile) -> BranchSetup:
    """A checked branch file as values of the domain."""
    people = tuple(
        Person(Actor(one.id, Role(one.role), one.counter if one.role == "teller" else None), _text(one.name))
        for one in file.staff
    )
    kiosks, displays, lines = file.devices.kiosks, file.devices.displays, file.devices.lines
    bearers: list[tuple[models.Bearer, Actor]] = [
        *zip(file.staff, (person.actor for person in people), strict=True),
        *((kiosk, Actor(kiosk.id, Role.KIOSK)) for kiosk in kiosks),
        *((display, Actor(display.id, Role.LOBBY_DISPLAY)) for display in displays),
        *((line, Actor(line.id, Role.PAD_LINE)) for line in lines),
    ]
    tokens = [(bearer.token.get_secret_value(), actor) for bearer, actor in bearers if bearer.token]
    profiles = {name: load_pad_profile(name) for name in {one.profile for one in file.devices.on_lines}}
    return BranchSetup(
        branch=_branch(file, profiles),
        identities=Identities(tokens),
        people=people,
        devices=(
            *(Device(kiosk.id, "kiosk", printer=kiosk.printer) for kiosk in kiosks),
            *(Device(display.id, "display") for display in displays),
            *(Device(one.id, "printer", profile=one.profile, port=one.port) for one in file.devices.printers),
            *(Device(line.id, "pad_line", port=line.port) for line in lines),
            *(_on_line(one) for one in file.devices.on_lines),
        ),
        published_ids=tuple(actor.id for token, actor in tokens if token.startswith(PUBLISHED_PREFIX)),
        version=version_of(file),
        values=_values(file),
        expected_configs={**_expected_of_programs(file), **_expected_configs(file.devices, profiles)},
    )


def _expected_configs(devices: models.Devices, profiles: Mapping[str, PadProfile]) -> dict[str, str]:
    """The checksum of each pad's configuration block, in the four hex digits its line reports it with."""
    return {
        device.id: f"{crc16(encode(block_of(device, profiles[device.profile]))):04X}"
        for device in devices.on_lines
        if profiles[device.profile].has_config
    }


def _expected_of_programs(file: models.BranchFile) -> dict[str, str]:
    """The checksums that kiosks, printers and displays report of what they were started with."""
    devices = file.devices
    layout, voice = kiosk_checksum(file.ticket.composed()), voice_checksum(file.voice.composed())
    return {
        **{kiosk.id: layout for kiosk in devices.kiosks},
        **{one.id: printer_checksum(load_printer_profile(one.profile)) for one in devices.printers},
        **{display.id: voice for display in devices.displays},
    }


def _values(file: models.BranchFile) -> dict[str, str]:
    """All the file says, its defaults included, by dotted key; no token and no name of a token's variable."""
    return flat(without_secrets(file.model_dump(mode="json")))


def _on_line(device: models.OnLine) -> Device:
    return Device(
        device.id,
        LINE_KINDS[type(device)],
        profile=device.profile,
        line=device.line,
        address=device.address,
        counter=device.counter,
    )


def _branch(file: models.BranchFile, profiles: Mapping[str, PadProfile]) -> Branch:
    head_start = file.calling.head_start_s
    return Branch(
        code=file.branch.code,
        bank=_text(file.branch.bank),
        name=_text(file.branch.name),
        zone=file.branch.zone,
        hotline=file.branch.hotline,
        groups=tuple(ServiceGroup(group.code, _text(group.name)) for group in file.groups),
        services=tuple(
            _service(service, file.ticket_hours, file.pad_codes[service.code]) for service in file.services
        ),
        counters=tuple(_counter(counter, file.staff) for counter in file.counters),
        amount_bands=tuple(AmountBand(band.code, _text(band.name)) for band in file.amount_bands),
        standards=tuple(_standard(standard) for standard in file.standards),
        devices=_devices(file.devices, profiles),
        policy=CallingPolicy(
            name=file.calling.name,
            version=file.calling.version,
            head_start_s={
                CustomerClass.ORDINARY: head_start.ordinary,
                CustomerClass.PRIORITY: head_start.priority,
                CustomerClass.VIP: head_start.vip,
            },
            cap_s=file.calling.cap_s,
        ),
        rules=_rules(file.rules),
    )


def _service(service: models.Service, branch_hours: models.TicketHours, pad_code: int) -> Service:
    hours = service.ticket_hours or branch_hours
    question, diversion = service.question, service.diversion
    return Service(
        code=service.code,
        name=_text(service.name),
        group=service.group,
        series=service.series,
        opens=hours.opens,
        closes=hours.closes,
        quota=service.quota,
        typical_s=service.typical_s,
        papers=tuple(_text(paper) for paper in service.papers),
        question=Question(_text(question.text), _text(question.advice)) if question else None,
        diversion=(
            Diversion(diversion.device, _text(diversion.name), _text(diversion.advice)) if diversion else None
        ),
        missed=_missed(service.missed),
        missed_rule=_text(service.missed_rule) if service.missed_rule is not None else None,
        pad_code=pad_code,
    )


def _missed(rule: models.MissedRule) -> MissedPolicy:
    crowded = rule.crowded if isinstance(rule, models.Missed) else None
    return MissedPolicy(
        kind=MissedKind(rule.kind),
        places=rule.places,
        times=rule.times,
        hold_minutes=rule.hold_minutes,
        crowded_waiting=rule.crowded_waiting if isinstance(rule, models.Missed) else None,
        crowded=_missed(crowded) if crowded else None,
    )


def _devices(devices: models.Devices, profiles: Mapping[str, PadProfile]) -> tuple[BranchDevice, ...]:
    """Kiosks with the printers inside them, displays with their loudspeakers, lines with what hangs on them."""
    inside = {kiosk.printer: kiosk.id for kiosk in devices.kiosks if kiosk.printer is not None}
    return (
        *(BranchDevice(line.id, "pad_line") for line in devices.lines),
        *(
            BranchDevice(
                one.id,
                LINE_KINDS[type(one)],
                one.line,
                one.counter,
                implied_start=profiles[one.profile].implied_start,
            )
            for one in devices.on_lines
        ),
        *(BranchDevice(kiosk.id, "kiosk") for kiosk in devices.kiosks),
        *(BranchDevice(p.id, "ticket_printer", inside.get(p.id)) for p in devices.printers),
        *(BranchDevice(display.id, "lobby_display") for display in devices.displays),
        *(BranchDevice(f"{d.id}-speaker", "speaker", d.id) for d in devices.displays),
    )


def _counter(counter: models.Counter, staff: Iterable[models.Staff]) -> Counter:
    classes = frozenset(map(CustomerClass, counter.classes)) if counter.classes else ALL_CLASSES
    # Two tellers may share a counter in shifts: a pad, which cannot ask who it is, opens it for the first of them.
    usual = next((one.id for one in staff if one.role == "teller" and one.counter == counter.code), None)
    return Counter(counter.code, _text(counter.name), frozenset(counter.services), classes, usual)


def _standard(standard: models.Standard) -> TimeStandard:
    return TimeStandard(
        version=standard.version,
        valid_from=standard.valid_from,
        document=_text(standard.document),
        limits=tuple(
            Limit(
                service=limit.service,
                limit_s=limit.limit_s,
                amount_band=limit.amount_band,
                customer_class=CustomerClass(limit.customer_class) if limit.customer_class else None,
            )
            for limit in standard.limits
        ),
        is_example=standard.example,
    )


def _rules(rules: models.Rules) -> HallRules:
    """What the file says; what it does not say stays the domain's default."""
    said = {key: getattr(rules, key) for key in type(rules).model_fields if getattr(rules, key) is not None}
    if rules.missed_rule is not None:
        said["missed_rule"] = _text(rules.missed_rule)
    if rules.low_rating is not None:
        said["low_rating"] = Rating(rules.low_rating)
    return HallRules(**said)


def _text(words: models.Label | models.Words) -> Text:
    return Text(words.zh, words.en)
