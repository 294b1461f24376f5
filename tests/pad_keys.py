"""Every key of a pad in everything a counter may be doing: what really happens, for the documents and their test.

Not a description of the rules: each cell of the tables is a hall brought into the state and the key pressed in it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.domain.keys import PadKey
from queue_server.errors import Refusal
from tests.hall import LOBBY, Hall, names, pad_branch

FULL, NO_START = "1", "2"
"""Counters: with a pad that has every key, and with one that has no start key."""

ASIDE = frozenset({"IncidentOpened", "OvertakenAlerted"})


def closed(hall: Hall, counter: str) -> None:
    """Nobody sits there; somebody waits."""
    hall.issue()


def free(hall: Hall, counter: str) -> None:
    """Open; somebody waits."""
    hall.open(counter)
    hall.issue()


def alone(hall: Hall, counter: str) -> None:
    """Open; nobody waits."""
    hall.open(counter)


def called(hall: Hall, counter: str) -> None:
    """Somebody was called two seconds ago."""
    hall.open(counter)
    hall.issue()
    hall.call(counter)
    hall.shown()
    hall.issue()
    hall.after(2)


def called_often(hall: Hall, counter: str) -> None:
    """Called as often as the rule asks before a no-show, the last time fifteen seconds ago."""
    called(hall, counter)
    for _ in range(2):
        hall.after(15).at(counter, c.Recall)
        hall.shown()
    hall.after(15)


def called_long_ago(hall: Hall, counter: str) -> None:
    """Called so long ago that the customer counts as arrived where no key says so."""
    called(hall, counter)
    hall.after(40)


def assumed(hall: Hall, counter: str) -> None:
    """The timer said ten seconds ago that the customer, called thrice, has arrived; nobody pressed anything."""
    called_often(hall, counter)
    hall.after(15).check()
    hall.after(10)


def serving(hall: Hall, counter: str) -> None:
    """Somebody is being served."""
    called(hall, counter)
    hall.at(counter, c.StartService)
    hall.after(60)


def away(hall: Hall, counter: str) -> None:
    """The teller went to a device for it."""
    serving(hall, counter)
    hall.at(counter, c.LeaveSeat, device="copier")


def on_hold(hall: Hall, counter: str) -> None:
    """Open, one customer on hold, another one waits."""
    serving(hall, counter)
    hall.at(counter, c.HoldTicket, reason="form_filling")


def paused(hall: Hall, counter: str) -> None:
    """The counter is on pause."""
    free(hall, counter)
    hall.do(c.PauseCounter(counter, "lunch"), LOBBY)


def no_ticket(hall: Hall, counter: str) -> None:
    """Somebody without a number is being served."""
    free(hall, counter)
    hall.at(counter, c.StartNoTicketService, service="cash", reason="a question")


STATES: Mapping[str, Callable[[Hall, str], None]] = {
    "closed": closed,
    "free": free,
    "free, nobody waits": alone,
    "called just now": called,
    "called thrice": called_often,
    "called long ago": called_long_ago,
    "serving": serving,
    "away from the seat": away,
    "free, one on hold": on_hold,
    "paused": paused,
    "serving without a number": no_ticket,
}

IMPLIED_STATES: Mapping[str, Callable[[Hall, str], None]] = {**STATES, "assumed to be served": assumed}
"""What only a counter with a pad without a start key can be doing as well."""

TYPED = {PadKey.TRANSFER: {FULL: "2", NO_START: "1"}}
"""Digits typed before a key that needs them; for a number those of whoever waits."""


def hall_in(state: str, counter: str) -> Hall:
    """A hall in which the counter is in the state."""
    hall = Hall(pad_branch())
    IMPLIED_STATES[state](hall, counter)
    return hall


def press(hall: Hall, counter: str, key: PadKey) -> list[e.Event]:
    """Press the key, with what is typed before it."""
    typed = TYPED.get(key, {}).get(counter, "")
    if key is PadKey.CALL_NUMBER:
        waiting = [number for _, number in hall.day.queue("cash")]
        typed = waiting[-1].lstrip("A0") if waiting else "9"
    return hall.press(counter, key.value, typed)


def outcome(state: str, counter: str, key: PadKey) -> str:
    """What happened, or the code of the refusal."""
    try:
        happened = press(hall_in(state, counter), counter, key)
    except Refusal as refusal:
        return f"*{refusal.code}*"
    return ", ".join(name for name in names(happened) if name not in ASIDE) or "–"


ONE_BUTTON = (PadKey.PRESS, PadKey.LONG, PadKey.DOUBLE)
USUAL = tuple(key for key in PadKey if key not in ONE_BUTTON)
OTHERWISE = (PadKey.CALL_NEXT, PadKey.RECALL, PadKey.NO_SHOW, PadKey.FINISH, *ONE_BUTTON)
"""Keys that mean something else, or that only exist, on pads without a start key."""


def document() -> str:
    """All of it as Markdown."""
    return "\n".join(
        [
            "# What the keys of a call pad do",
            "",
            "Made by `make docs` from what really happens: change the rules in `queue_server/domain/keys.py`, not this.",
            "A key becomes the events below, all or none; a code in italics is the refusal that the pad shows and beeps;",
            "a dash is a key that was taken and changes nothing.  Incidents and alerts that follow are left out.",
            "",
            *_section("A pad with every key", FULL, USUAL, STATES),
            *_section(
                "A pad without a start key, and a pad of one button", NO_START, OTHERWISE, IMPLIED_STATES
            ),
        ]
    )


def _section(
    title: str, counter: str, keys: Sequence[PadKey], states: Mapping[str, Callable[[Hall, str], None]]
) -> list[str]:
    lines = [f"## {title}", ""]
    for state, reach in states.items():
        lines += [
            f"### {state}",
            "",
            (reach.__doc__ or "").strip(),
            "",
            "| key | what happens |",
            "|---|---|",
        ]
        lines += [f"| {key.value} | {outcome(state, counter, key)} |" for key in keys]
        lines.append("")
    return lines
