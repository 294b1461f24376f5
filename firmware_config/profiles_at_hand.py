"""Every profile a branch file may name, by kind: those that are right, and what is wrong with the others.

A broken profile is a problem of the branches that name it, and of no other.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from firmware_config.models import DEFAULT_LAYOUT, DEFAULT_VOICE
from firmware_config.pad_profile import PadProfile, load_pad_profile, pad_profile_names
from firmware_config.printer_profile import PrinterProfile, load_printer_profile, printer_profile_names
from firmware_config.problems import Expected, Problem
from firmware_config.profile_file import ProfileFault
from firmware_config.ticket_layout import TicketLayout, load_ticket_layout, ticket_layout_names
from firmware_config.tree import Map, text_codes, unknown_reference
from firmware_config.voice_profile import VoiceProfile, load_voice_profile, voice_profile_names

Profile = TypeVar("Profile")

LANGUAGES = ("zh", "en")
"""What is spoken where the rules say nothing."""

LINE_LISTS = ("call_pads", "window_screens", "evaluators")


@dataclass(frozen=True, slots=True)
class Kept(Generic[Profile]):
    """Profiles of one kind: all their names, the good ones, and the problems of the others."""

    names: tuple[str, ...]
    good: Mapping[str, Profile]
    broken: Mapping[str, tuple[Problem, ...]]

    def problems_of(self, names: set[str]) -> Iterator[Problem]:
        """What is wrong with the profiles of these names."""
        for name in sorted(names & set(self.broken)):
            yield from self.broken[name]


@dataclass(frozen=True, slots=True)
class AtHand:
    """The profiles of every kind."""

    printers: Kept[PrinterProfile]
    pads: Kept[PadProfile]
    layouts: Kept[TicketLayout]
    voices: Kept[VoiceProfile]


def profiles_named_in(tree: Map) -> AtHand:
    """The names of all there are, and those loaded which the branch names: a check must not read what it needs not."""
    pads = {name for kind in LINE_LISTS for name in text_codes(tree, ("devices", kind), "profile")}
    return AtHand(
        _kept(
            printer_profile_names(),
            set(text_codes(tree, ("devices", "printers"), "profile")),
            load_printer_profile,
        ),
        _kept(pad_profile_names(), pads, load_pad_profile),
        _kept(ticket_layout_names(), {_choice(tree, "ticket", "layout", DEFAULT_LAYOUT)}, load_ticket_layout),
        _kept(voice_profile_names(), {_choice(tree, "voice", "profile", DEFAULT_VOICE)}, load_voice_profile),
    )


def check_profiles(tree: Map, at_hand: AtHand) -> Iterator[Problem]:
    """Layouts and voices that are not there, profiles that are broken, and what a layout or voice cannot do."""
    for kept in (at_hand.printers, at_hand.pads, at_hand.layouts, at_hand.voices):
        yield from kept.problems_of(set(kept.broken))
    yield from _ticket(tree, at_hand.layouts)
    yield from _voice(tree, at_hand.voices)


def _choice(tree: Map, holder: str, key: str, default: str) -> str:
    part = tree.get(holder)
    return (part.text(key) if isinstance(part, Map) else None) or default


def _kept(names: tuple[str, ...], wanted: set[str], load: Callable[[str], Profile]) -> Kept[Profile]:
    good: dict[str, Profile] = {}
    broken: dict[str, tuple[Problem, ...]] = {}
    for name in sorted(wanted & set(names)):
        try:
            good[name] = load(name)
        except ProfileFault as fault:
            broken[name] = fault.problems
    return Kept(names, good, broken)


def _ticket(tree: Map, layouts: Kept[TicketLayout]) -> Iterator[Problem]:
    ticket = tree.get("ticket")
    if not isinstance(ticket, Map):
        return
    yield from unknown_reference(ticket, "layout", "ticket", layouts.names, Expected.KNOWN_TICKET_LAYOUT)
    name = ticket.text("layout") or DEFAULT_LAYOUT
    layout = layouts.good.get(name)
    shown = {piece.show for piece in layout.pieces} if layout is not None else {"above", "below"}
    for key in ("above", "below"):
        if isinstance(ticket.get(key), Map) and key not in shown:
            spot = ticket.entries[key].spot
            yield Problem(spot, f"ticket.{key}", Expected.ROOM_FOR_WORDS, {"layout": name, "key": key})


def _voice(tree: Map, voices: Kept[VoiceProfile]) -> Iterator[Problem]:
    part, rules = tree.get("voice"), tree.get("rules")
    if isinstance(part, Map):
        yield from unknown_reference(part, "profile", "voice", voices.names, Expected.KNOWN_VOICE)
    voice = voices.good.get(_choice(tree, "voice", "profile", DEFAULT_VOICE))
    if voice is None:
        return
    spoken = list(rules.values("announce_languages")) if isinstance(rules, Map) else []
    for index, value in spoken:
        if value.text in LANGUAGES and value.text not in voice.languages:
            path = f"rules.announce_languages[{index}]"
            yield Problem(value.spot, path, Expected.LANGUAGE_SPOKEN, _spoken(voice, value.text))
    if not spoken and isinstance(part, Map):
        for language in LANGUAGES:
            if language not in voice.languages:
                spot = part.spot_of("profile")
                yield Problem(spot, "voice.profile", Expected.LANGUAGE_SPOKEN, _spoken(voice, language))


def _spoken(voice: VoiceProfile, found: str) -> dict[str, object]:
    return {"voice": voice.name, "choices": ", ".join(voice.languages), "found": found}
