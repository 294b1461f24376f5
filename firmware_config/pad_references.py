"""What the devices on the RS-485 lines mean to each other: lines, addresses, profiles and counters that fit.

Looks at the tree, like `references`; it never raises, and a value of the wrong kind is the models' business.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import get_args

from firmware_config import scalars
from firmware_config.models import FIRST_PAD_CODE
from firmware_config.pad_profile import ADDRESSES, Baud, PadProfile
from firmware_config.problems import Expected, Problem
from firmware_config.profiles_at_hand import Kept
from firmware_config.tree import Map, listed, parsed, text_codes, unknown_reference

ROLES = {"call_pads": "call_pad", "window_screens": "window_screen", "evaluators": "evaluator"}
"""The lists of devices on lines, and what a profile named there must be."""

DEFAULT_BAUD = 9600


def check_pads(tree: Map, profiles: Kept[PadProfile]) -> Iterator[Problem]:
    """Everything between lines, devices, profiles and counters; `profiles`: those there are."""
    lines = text_codes(tree, ("devices", "lines"), "id")
    counters = text_codes(tree, ("counters",), "code")
    bauds = {item.text("id"): _baud(item) for _, item in listed(tree, ("devices", "lines"))}
    taken: dict[tuple[str, int], tuple[str, str]] = {}
    used = set()
    for kind, role in ROLES.items():
        for where, item in listed(tree, ("devices", kind)):
            yield from unknown_reference(item, "line", where, lines, Expected.KNOWN_LINE)
            if counters:
                yield from unknown_reference(item, "counter", where, counters, Expected.KNOWN_COUNTER)
            profile, line = profiles.good.get(item.text("profile") or ""), item.text("line")
            if profile is None:
                names = profiles.names
                yield from unknown_reference(item, "profile", where, names, Expected.KNOWN_PAD_PROFILE)
            used.add(line)
            yield from _address(item, where, profile, taken)
            if profile is not None:
                yield from _fitting(item, where, role, profile, bauds.get(line))
    for where, item in listed(tree, ("devices", "lines")):
        if (code := item.text("id")) is not None and code not in used:
            yield Problem(item.spot_of("id"), f"{where}.id", Expected.LINE_USED, {"line": code})
    yield from _pad_codes(tree)


def _baud(line: Map) -> int | None:
    text = line.text("baud")
    baud = DEFAULT_BAUD if text is None else parsed(scalars.parse_whole, text)
    return baud if baud in get_args(Baud) else None


def _address(
    item: Map, where: str, profile: PadProfile | None, taken: dict[tuple[str, int], tuple[str, str]]
) -> Iterator[Problem]:
    """An address its protocol has, and nobody else's on the line, whatever that one speaks."""
    text, spot, line = item.text("address"), item.spot_of("address"), item.text("line")
    address = parsed(scalars.parse_whole, text) if text is not None else None
    if address is None:
        return
    if profile is not None and 0 <= address <= 255 and address not in ADDRESSES[profile.protocol]:
        allowed = ADDRESSES[profile.protocol]
        details: dict[str, object] = {
            "low": allowed.start,
            "high": allowed.stop - 1,
            "protocol": profile.protocol,
        }
        yield Problem(spot, f"{where}.address", Expected.ADDRESS_RANGE, {**details, "found": address})
    if line is not None:
        name = item.text("id") or where
        other, place = taken.setdefault((line, address), (name, spot.place))
        if other != name:
            shared: dict[str, object] = {"line": line, "other": other, "place": place}
            yield Problem(spot, f"{where}.address", Expected.ONE_ADDRESS, shared)


def _fitting(item: Map, where: str, role: str, profile: PadProfile, baud: int | None) -> Iterator[Problem]:
    if profile.role != role:
        details: dict[str, object] = {"profile": profile.name, "found": profile.role, "role": role}
        yield Problem(item.spot_of("profile"), f"{where}.profile", Expected.ROLE_FITS, details)
    if baud is not None and baud not in profile.bauds:
        choices = ", ".join(map(str, profile.bauds))
        details = {"line": item.text("line"), "baud": baud, "profile": profile.name, "choices": choices}
        yield Problem(item.spot_of("line"), f"{where}.line", Expected.BAUD_FITS, details)


def _pad_codes(tree: Map) -> Iterator[Problem]:
    """What is typed for a service, written or by its order, is typed for no other."""
    seen: dict[int, tuple[str, str]] = {}
    for index, (where, item) in enumerate(listed(tree, ("services",))):
        text = item.text("pad_code")
        code = FIRST_PAD_CODE + index if text is None else parsed(scalars.parse_whole, text)
        if code is None:
            continue
        name = item.text("code") or where
        spot = item.spot_of("pad_code")
        other, place = seen.setdefault(code, (name, spot.place))
        if other != name:
            details = {"code": code, "other": other, "place": place}
            yield Problem(spot, f"{where}.pad_code", Expected.ONE_PAD_CODE, details)
