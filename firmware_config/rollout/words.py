"""What a roll-out says to people, in Chinese and English: sentences and tables, from values.

Pure.  The templates are the msgids of the room's catalogue.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from firmware_config.problems import catalogue_text
from firmware_config.rollout.probe import Found, LineProbe, PortSeen
from firmware_config.rollout.standing import Standing, State
from firmware_config.rollout.target import Change, Effect
from firmware_config.rollout.work import Outcome, Result

_KINDS = {
    "server": "queue server",
    "kiosk": "kiosk",
    "display": "display",
    "printer": "printer",
    "ticket_layout": "ticket layout",
    "pad_line": "pad line",
    "branch_file": "branch file",
    "call_pad": "call pad",
    "window_screen": "window screen",
    "evaluator": "evaluator",
}

_STATES = {
    State.NEW: "new: as the branch file says",
    State.OLD: "old: as it was last given",
    State.PREVIOUS: "previous: as before the last apply",
    State.UNKNOWN: "unknown: nobody here gave it that",
    State.ABSENT: "nothing yet",
    State.NO_ANSWER: "no answer",
    State.NOT_CONFIGURABLE: "holds no configuration",
}

_EFFECTS = {
    Effect.AT_ONCE: "counts at once",
    Effect.FOLLOWS: "pad lines follow the server",
    Effect.RELOAD: "reloads",
    Effect.RESTART: "restarts",
}

_RESULTS = {
    Result.WRITTEN: "written and read back",
    Result.UNCHANGED: "unchanged",
    Result.NO_ANSWER: "no answer",
    Result.NOT_TAKEN: "not taken",
    Result.NOTHING_KEPT: "there is no previous configuration",
    Result.NOT_CONFIGURABLE: "holds no configuration",
}


class Words:
    """One language's words; every method gives whole lines."""

    def __init__(self, language: str) -> None:
        self._language = language

    def say(self, template: str, **facts: object) -> str:
        """A sentence of the catalogue."""
        return catalogue_text(self._language, template).format(**facts)

    def plan(self, standings: Sequence[Standing]) -> Iterator[str]:
        """Per device what would change, key by key, and what that takes."""
        rows = [[*self._names(one), self._would(one)] for one in standings]
        for one, line in zip(standings, table(rows), strict=True):
            yield line
            yield from (f"    {row}" for row in table([self._change(change) for change in one.changes]))
        count = sum(one.state.is_drift for one in standings)
        yield ""
        if count:
            units = dict.fromkeys(one.unit for one in standings if one.effect is Effect.RESTART and one.unit)
            yield self.say("{count} of {all} devices would change.", count=count, all=len(standings))
            if units:
                yield self.say("To be restarted: {units}", units=", ".join(units))
        else:
            yield self.say("Nothing would change.")
        yield from self._unasked(standings)

    def verdict(self, standings: Sequence[Standing]) -> Iterator[str]:
        """Per device which configuration it runs."""
        yield from table(
            [
                [
                    *self._names(one),
                    one.running or "-",
                    self.say(_STATES[one.state]) + (f" ({one.detail})" if one.detail else ""),
                ]
                for one in standings
            ]
        )
        drifted = [one.device for one in standings if one.state.is_drift]
        yield ""
        if drifted:
            yield self.say("Not as the branch file says: {devices}", devices=", ".join(drifted))
            yield self.say("`apply` repairs it; `plan` shows first what that would change.")
        yield from self._unasked(standings)
        if not drifted and not any(one.state is State.NO_ANSWER for one in standings):
            yield self.say("Every device runs what the branch file says.")

    def outcome(self, outcome: Outcome) -> str:
        """How it ended for one device."""
        said = self.say(_RESULTS[outcome.result])
        if outcome.result is Result.WRITTEN:
            said = f"{outcome.before or '-'} → {outcome.after}  {said}"
            if outcome.effect is not None:
                said += self.say(", {effect}", effect=self.say(_EFFECTS[outcome.effect]))
        if outcome.detail:
            said += f" ({outcome.detail})"
        return f"{self.kind(outcome.kind)} {outcome.device} · {outcome.place} · {said}"

    def commands(self, outcomes: Sequence[Outcome]) -> Iterator[str]:
        """What is left to do: programs that read their files only when told to."""
        written = [one for one in outcomes if one.result is Result.WRITTEN and one.unit is not None]
        verbs = {
            verb: dict.fromkeys(one.unit for one in written if one.effect is effect)
            for verb, effect in (("reload", Effect.RELOAD), ("restart", Effect.RESTART))
        }
        if any(verbs.values()):
            yield self.say("It counts when these were called, at a moment that suits the hall:")
            for verb, units in verbs.items():
                yield from (f"    systemctl {verb} {unit}" for unit in units)

    def line(self, probe: LineProbe) -> Iterator[str]:
        """One line and what was found on it."""
        how = {
            "program": self.say("asked its running program"),
            "port": self.say("asked through the port"),
            None: self.say("could not be asked"),
        }[probe.through]
        detail = f" ({probe.detail})" if probe.detail else ""
        yield f"{self.kind('pad_line')} {probe.line} · {probe.port} · {how}{detail}"
        yield from (f"    {row}" for row in table([self._found(found) for found in probe.found]))
        if probe.silent:
            yield "    " + self.say("did not answer: {devices}", devices=", ".join(probe.silent))
        if probe.mute:
            yield "    " + self.say(
                "speak FF 68, which has no questions that change nothing; press a key to hear them: {devices}",
                devices=", ".join(probe.mute),
            )

    def ports(self, ports: Sequence[PortSeen]) -> Iterator[str]:
        """The ports by their names."""
        yield from table(
            [
                [
                    port.device or self.say("nobody's"),
                    port.port,
                    "→ " + port.leads_to if port.leads_to else self.say("not there"),
                ]
                for port in ports
            ]
        )

    def kind(self, kind: str) -> str:
        """What kind of device it is."""
        return self.say(_KINDS[kind])

    def _names(self, standing: Standing) -> list[str]:
        return [self.kind(standing.kind), standing.device, standing.place]

    def _would(self, standing: Standing) -> str:
        match standing.state:
            case State.NEW:
                return self.say("unchanged")
            case State.NO_ANSWER:
                return self.say("no answer") + f" ({standing.detail})"
            case State.NOT_CONFIGURABLE:
                return self.say("holds no configuration")
        if standing.running is None:
            said = self.say("new")
        elif standing.changes:
            said = self.say("{count} change(s)", count=len(standing.changes))
        elif standing.state is State.UNKNOWN:
            said = self.say("replaced: what it runs cannot be compared")
        else:
            said = self.say("written anew")
        return said + self.say(", {effect}", effect=self.say(_EFFECTS[standing.effect or Effect.AT_ONCE]))

    def _change(self, change: Change) -> list[str]:
        if change.is_secret:
            return [change.key, self.say("changed, and not shown")]
        return [change.key, f"{_shown(change.before)} → {_shown(change.after)}"]

    def _unasked(self, standings: Sequence[Standing]) -> Iterator[str]:
        silent = [one.device for one in standings if one.state is State.NO_ANSWER]
        if silent:
            yield self.say("Could not be asked: {devices}", devices=", ".join(silent))

    def _found(self, found: Found) -> list[str]:
        return [
            str(found.address),
            {"modbus": "Modbus", "ff68": "FF 68"}[found.protocol],
            f"{found.baud}",
            found.device or self.say("not in the branch file"),
            self.say("firmware {version}", version=found.firmware) if found.firmware else "",
            self.say("configuration {crc}", crc=found.config) if found.config else "",
            found.detail,
        ]


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows with their columns under each other; a Chinese character is two cells wide."""
    columns = max((len(row) for row in rows), default=0)
    widths = [max((cells(row[at]) for row in rows if at < len(row)), default=0) for at in range(columns)]
    for row in rows:
        yield "  ".join(
            cell + " " * (width - cells(cell)) for cell, width in zip(row, widths, strict=False)
        ).rstrip()


def cells(text: str) -> int:
    """How many cells of a terminal `text` takes."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _shown(value: str | None) -> str:
    if value is None:
        return "-"
    text = "".join(sign if sign.isprintable() else "?" for sign in value)
    return text if len(text) <= 60 else f"{text[:57]}..."
