"""What the values of a branch file mean to each other: codes used twice, references to nothing, rules at odds.

Looks at the tree, not at the models, so that these problems are listed together with all the others.  It never
raises; a value of the wrong kind is the models' business.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import get_args

from firmware_config import scalars
from firmware_config.models import CustomerClass, MissedRule
from firmware_config.pad_references import check_pads
from firmware_config.problems import Expected, Problem, Spot
from firmware_config.profiles_at_hand import AtHand
from firmware_config.tree import (
    List,
    Map,
    Value,
    join_path,
    listed,
    parsed,
    text_codes,
    unknown_reference,
)

CODED_LISTS = {
    ("groups",): "code",
    ("services",): "code",
    ("counters",): "code",
    ("amount_bands",): "code",
    ("standards",): "version",
    ("staff",): "id",
    ("devices", "kiosks"): "id",
    ("devices", "displays"): "id",
    ("devices", "printers"): "id",
    ("devices", "lines"): "id",
    ("devices", "call_pads"): "id",
    ("devices", "window_screens"): "id",
    ("devices", "evaluators"): "id",
}
"""Every list of coded items, and the key that holds the code."""

BEARER_LISTS = (("staff",), ("devices", "kiosks"), ("devices", "displays"), ("devices", "lines"))

ID_LISTS = (
    *BEARER_LISTS,
    ("devices", "printers"),
    ("devices", "call_pads"),
    ("devices", "window_screens"),
    ("devices", "evaluators"),
)
"""People and devices share one space of ids: the journal names an actor by its id alone."""

OF_REQUIRED_LISTS = frozenset({Expected.KNOWN_GROUP, Expected.KNOWN_SERVICE, Expected.KNOWN_COUNTER})
"""References into lists that must not be empty: when one is, that alone is told, not every reference as well."""

SEATLESS_ROLES = ("lobby_manager", "branch_head", "technician")


def duplicate_codes(tree: Map) -> Iterator[Problem]:
    """Codes used twice in one list of one file: looked at before inheriting, which merges by code."""
    for path, key in CODED_LISTS.items():
        seen: dict[str, Spot] = {}
        for where, item in listed(tree, path):
            code = item.text(key)
            if code is None:
                continue
            if code in seen:
                details = {"code": code, "place": seen[code].place}
                yield Problem(item.spot_of(key), f"{where}.{key}", Expected.ONE_CODE, details)
            seen.setdefault(code, item.spot_of(key))


def check_references(tree: Map, environ: Mapping[str, str], at_hand: AtHand) -> Iterator[Problem]:
    """Everything else, looked at after inheriting; `at_hand` are the profiles there are."""
    yield from _ids(tree)
    yield from _tokens(tree, environ)
    yield from _ports(tree)
    yield from _printers(tree, at_hand.printers.names)
    yield from check_pads(tree, at_hand.pads)
    yield from _services(tree)
    yield from _counters(tree)
    yield from _standards(tree)
    yield from _staff(tree)
    yield from _rules(tree)
    yield from _hours(tree, "")


def _codes(tree: Map, *path: str) -> tuple[str, ...]:
    return text_codes(tree, path, CODED_LISTS[path])


def _unknown(
    item: Map, key: str, where: str, known: tuple[str, ...], expected: Expected
) -> Iterator[Problem]:
    """A reference to nothing under `key`, unless the list it points into must not be empty and is."""
    if known or expected not in OF_REQUIRED_LISTS:
        yield from unknown_reference(item, key, where, known, expected)


def _unknown_values(
    item: Map, key: str, where: str, known: tuple[str, ...], expected: Expected
) -> Iterator[Problem]:
    """References to nothing and repetitions in the list under `key`."""
    seen = set()
    for index, value in item.values(key):
        path = f"{where}.{key}[{index}]"
        if value.text is not None and value.text not in known:
            if not known and expected in OF_REQUIRED_LISTS:
                continue
            details = {"found": value.text or '""', "choices": ", ".join(known) or "-"}
            yield Problem(value.spot, path, expected, details)
        elif value.text in seen:
            yield Problem(value.spot, path, Expected.LISTED_ONCE, {"found": value.text})
        seen.add(value.text)


def _ids(tree: Map) -> Iterator[Problem]:
    seen: dict[str, tuple[str, str]] = {}
    for path in ID_LISTS:
        for where, item in listed(tree, path):
            code = item.text("id")
            if code is None:
                continue
            holder, place = seen.setdefault(code, (path[-1], item.spot_of("id").place))
            if holder != path[-1]:
                yield Problem(
                    item.spot_of("id"), f"{where}.id", Expected.ONE_CODE, {"code": code, "place": place}
                )


def _tokens(tree: Map, environ: Mapping[str, str]) -> Iterator[Problem]:
    seen: dict[str, tuple[str, str]] = {}
    for path in BEARER_LISTS:
        for where, item in listed(tree, path):
            keys = [key for key in ("token", "token_env") if key in item.entries]
            if len(keys) != 1:
                yield Problem(item.spot, where, Expected.TOKEN_OR_VARIABLE)
                continue
            key = keys[0]
            text, spot = item.text(key), item.spot_of(key)
            if key == "token_env" and text is not None:
                variable, text = text, environ.get(text)
                if text is None:
                    yield Problem(spot, f"{where}.{key}", Expected.VARIABLE_SET, {"variable": variable})
                elif not scalars.TOKEN.fullmatch(text):
                    yield Problem(spot, f"{where}.{key}", Expected.VARIABLE_TOKEN, {"variable": variable})
            if text is None:
                continue
            name = item.text("id") or where
            other, place = seen.setdefault(text, (name, spot.place))
            if other != name:
                details = {"other": other, "place": place}
                yield Problem(spot, f"{where}.{key}", Expected.ONE_TOKEN, details)


def _ports(tree: Map) -> Iterator[Problem]:
    """One port, one owner: printers and lines alike."""
    ports: dict[str, tuple[str, str]] = {}
    for path in (("devices", "printers"), ("devices", "lines")):
        for where, item in listed(tree, path):
            port, spot = item.text("port"), item.spot_of("port")
            if port is None:
                continue
            name = item.text("id") or where
            # The same file by another spelling is still the same wire.
            meant = port if "://" in port else os.path.normpath(port)
            other, place = ports.setdefault(meant, (name, spot.place))
            if other != name:
                yield Problem(spot, f"{where}.port", Expected.ONE_PORT, {"other": other, "place": place})


def _printers(tree: Map, profiles: tuple[str, ...]) -> Iterator[Problem]:
    for where, item in listed(tree, ("devices", "printers")):
        yield from _unknown(item, "profile", where, profiles, Expected.KNOWN_PROFILE)
    owners: dict[str, tuple[str, str]] = {}
    for where, item in listed(tree, ("devices", "kiosks")):
        known = _codes(tree, "devices", "printers")
        yield from _unknown(item, "printer", where, known, Expected.KNOWN_PRINTER)
        printer, spot = item.text("printer"), item.spot_of("printer")
        if printer is None:
            continue
        name = item.text("id") or where
        other, place = owners.setdefault(printer, (name, spot.place))
        if other != name:
            details = {"printer": printer, "other": other, "place": place}
            yield Problem(spot, f"{where}.printer", Expected.ONE_PRINTER, details)


def _services(tree: Map) -> Iterator[Problem]:
    groups = _codes(tree, "groups")
    if not _codes(tree, "services"):
        return  # nothing to look at, and the models say that there must be some
    served = {
        value.text for _, counter in listed(tree, ("counters",)) for _, value in counter.values("services")
    }
    has_counters = bool(_codes(tree, "counters"))
    used = {item.text("group") for _, item in listed(tree, ("services",))}
    for where, item in listed(tree, ("groups",)):
        if (code := item.text("code")) is not None and code not in used:
            yield Problem(item.spot_of("code"), f"{where}.code", Expected.GROUP_USED, {"group": code})
    for where, item in listed(tree, ("services",)):
        yield from _unknown(item, "group", where, groups, Expected.KNOWN_GROUP)
        if (code := item.text("code")) is not None and code not in served and has_counters:
            yield Problem(item.spot_of("code"), f"{where}.code", Expected.SERVED, {"service": code})
        elif code is not None and has_counters and (left := _classes_without_counter(tree, code)):
            details = {"service": code, "classes": ", ".join(left)}
            yield Problem(item.spot_of("code"), f"{where}.code", Expected.SERVED_CLASS, details)
        yield from _hours(item, where)
        yield from _missed(item, where)


def _classes_without_counter(tree: Map, service: str) -> list[str]:
    """Customers who could take a ticket of the service and would never be called."""
    left = list(get_args(CustomerClass))
    for _, counter in listed(tree, ("counters",)):
        if any(value.text == service for _, value in counter.values("services")):
            if "classes" not in counter.entries:
                return []
            served = {value.text for _, value in counter.values("classes")}
            left = [one for one in left if one not in served]
    return left


def _missed(service: Map, where: str) -> Iterator[Problem]:
    rule = service.get("missed")
    if not isinstance(rule, Map):
        return
    crowded = rule.get("crowded")
    if (crowded is None) != (rule.get("crowded_waiting") is None):
        yield Problem(rule.spot, f"{where}.missed", Expected.CROWDED_BOTH)
    yield from _meaningless(rule, f"{where}.missed")
    if isinstance(crowded, Map):
        yield from _meaningless(crowded, f"{where}.missed.crowded")


def _meaningless(rule: Map, where: str) -> Iterator[Problem]:
    """Figures of another kind of rule: somebody believes they do something."""
    kind = rule.text("kind") or "postpone"
    belongs = {"places": "postpone", "times": "postpone", "hold_minutes": "hold"}
    for key, entry in rule.entries.items():
        # A default written out, as `show --resolved` does, says nothing and misleads nobody.
        is_default = rule.text(key) == str(MissedRule.model_fields[key].default) if key in belongs else True
        if not is_default and belongs[key] != kind:
            yield Problem(entry.spot, f"{where}.{key}", Expected.OF_ANOTHER_RULE, {"key": key, "kind": kind})


def _counters(tree: Map) -> Iterator[Problem]:
    services = _codes(tree, "services")
    for where, item in listed(tree, ("counters",)):
        yield from _unknown_values(item, "services", where, services, Expected.KNOWN_SERVICE)


def _standards(tree: Map) -> Iterator[Problem]:
    services, bands = _codes(tree, "services"), _codes(tree, "amount_bands")
    starts: dict[str, str] = {}
    for where, standard in listed(tree, ("standards",)):
        start, spot = standard.text("valid_from"), standard.spot_of("valid_from")
        if start is not None and starts.setdefault(start, spot.place) != spot.place:
            details = {"date": start, "place": starts[start]}
            yield Problem(spot, f"{where}.valid_from", Expected.ONE_START, details)
        rows: dict[tuple[str | None, ...], str] = {}
        for index, limit in standard.maps("limits"):
            path = f"{where}.limits[{index}]"
            yield from _unknown(limit, "service", path, services, Expected.KNOWN_SERVICE)
            yield from _unknown(limit, "amount_band", path, bands, Expected.KNOWN_BAND)
            row = tuple(limit.text(key) for key in ("service", "amount_band", "customer_class"))
            if row in rows:
                yield Problem(limit.spot, path, Expected.ONE_LIMIT, {"place": rows[row]})
            rows.setdefault(row, limit.spot.place)


def _staff(tree: Map) -> Iterator[Problem]:
    counters = _codes(tree, "counters")
    for where, item in listed(tree, ("staff",)):
        yield from _unknown(item, "counter", where, counters, Expected.KNOWN_COUNTER)
        if item.text("counter") is not None and item.text("role") in SEATLESS_ROLES:
            yield Problem(item.spot_of("counter"), f"{where}.counter", Expected.TELLER_ONLY)


def _rules(tree: Map) -> Iterator[Problem]:
    rules = tree.get("rules")
    for key in ("wait_levels_min", "standard_levels_percent"):
        levels = rules.get(key) if isinstance(rules, Map) else None
        if isinstance(levels, List):
            texts = [item.text for item in levels.items if isinstance(item, Value) and item.text is not None]
            numbers = [n for text in texts if (n := parsed(scalars.parse_whole, text)) is not None]
            if any(after <= before for before, after in pairwise(numbers)):
                yield Problem(levels.spot, f"rules.{key}", Expected.RISING, {"found": ", ".join(texts)})


def _hours(holder: Map, where: str) -> Iterator[Problem]:
    hours = holder.get("ticket_hours")
    if not isinstance(hours, Map):
        return
    opens, closes = hours.text("opens"), hours.text("closes")
    first, last = (parsed(scalars.parse_time, text or "") for text in (opens, closes))
    if first is not None and last is not None and last <= first:
        path = join_path(*filter(None, (where, "ticket_hours", "closes")))
        details = {"opens": opens, "closes": closes}
        yield Problem(hours.spot_of("closes"), path, Expected.HOURS_ORDER, details)
