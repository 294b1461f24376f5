"""The printer behind the wire: buffer, paper, knife, sensors and what it answers; time is passed in.

It obeys real-time commands as they arrive, everything else in order and at the speed of its mechanism, and stops
where a real one stops.  It owns no port and reads no clock.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

from firmware_config.printer_profile import PrinterProfile
from printer.simulator.commands import (
    Ask,
    Command,
    CommandReader,
    Cut,
    Feed,
    Plain,
    Print,
    Raster,
    RealTime,
    RealTimeSieve,
    Set,
    Unknown,
)
from printer.simulator.paper import PaperRoll, Slip, Style

BLOCKING = frozenset({"paper_out", "cover", "cutter", "jam", "offline", "hot", "unrecoverable"})
"""Faults that stop the mechanism."""

MACHINE_FAULTS = (
    *sorted(BLOCKING),
    *("cutter_waits", "near_end", "paper_out_mid_ticket", "silent", "slow", "garbage"),
)
"""Every fault of the machine itself; `unplug` belongs to the wire."""

_SLOW = 12.0
_NOISE_EVERY_S = 0.08
_MID_TICKET_MM = 50
_NAMES = {65: b"1.05", 66: b"JIAOHAO", 67: b"Simulated"}
"""What `GS I` tells: firmware, maker, model."""


class PrinterMachine:
    """One simulated printer; `on_cut` gets the slip and the bytes from `ESC @` to the knife."""

    def __init__(
        self,
        profile: PrinterProfile,
        on_cut: Callable[[Slip, int], None],
        buffer_bytes: int = 4096,
        seed: int = 1,
    ) -> None:
        paper = profile.paper
        self._profile = profile
        self._on_cut = on_cut
        self._capacity = buffer_bytes
        self._sieve = RealTimeSieve()
        self._reader = CommandReader(profile.text.charset, profile.text.chinese_mode == "always")
        self._buffer = bytearray()
        self._random = random.Random(seed)
        self._noise_at = 0.0
        self._free_at = 0.0
        self._style = Style()
        self._qr = {"module": 3, "correction": 0}
        self._qr_data = b""
        self._asb = 0
        self._asb_told = b""
        self._ticket_bytes = 0
        self._ticket_dots = 0
        self.names = dict(_NAMES)
        self.faults: set[str] = set()
        self.unknown_bytes = 0
        self.replies = bytearray()
        self.roll = PaperRoll(
            paper.printable_dots,
            paper.width_mm * paper.dots_per_mm,
            round(paper.head_to_cutter_mm * paper.dots_per_mm),
        )

    @property
    def room(self) -> int:
        """Bytes the buffer can still take."""
        return max(0, self._capacity - len(self._buffer))

    @property
    def is_blocked(self) -> bool:
        """Whether the mechanism stands still until somebody helps."""
        return bool(self.faults & BLOCKING)

    def is_printing(self, now: float) -> bool:
        """Whether paper moves or would, were it not blocked."""
        return bool(self._buffer) or now < self._free_at

    def receive(self, data: bytes) -> None:
        """Take bytes off the wire."""
        rest, commands = self._sieve.sift(data)
        self._buffer += rest
        for command in commands:
            self._obey(command)

    def switch(self, fault: str, is_on: bool) -> None:
        """Switch a fault; `paper_out_mid_ticket` waits for paper to move and then becomes `paper_out`.

        `cutter_waits` is a stuck knife that, when freed, waits for `DLE ENQ 2` behind a closed cover.
        """
        if is_on:
            self.faults.add(fault)
            if fault == "cutter_waits":
                self.faults.add("cutter")
        else:
            self.faults.discard(fault)
            if fault == "paper_out_mid_ticket":
                self.faults.discard("paper_out")
        self._tell_asb()

    def power_cycle(self) -> None:
        """What loss of power forgets: buffer, styles, switches; never the paper."""
        self._buffer.clear()
        self._sieve = RealTimeSieve()
        self._reset()

    def run(self, now: float) -> float | None:
        """Do what is due at `now` (monotonic seconds); returns when there is more to do, None when nothing is."""
        again = self._noise(now)
        while not self.is_blocked:
            if now < self._free_at:
                return min(filter(None, (again, self._free_at)))
            before = len(self._buffer)
            command = self._reader.take(self._buffer)
            if command is None:
                break
            self._ticket_bytes += before - len(self._buffer)
            dots = self._execute(command)
            seconds = dots / self._profile.paper.dots_per_mm / self._profile.completion.speed_mm_s
            if isinstance(command, Cut):
                seconds += self._profile.cut.takes_s
            self._free_at = max(now, self._free_at) + seconds * (_SLOW if "slow" in self.faults else 1.0)
            self._ticket_dots += dots
            is_mid_ticket = self._ticket_dots >= _MID_TICKET_MM * self._profile.paper.dots_per_mm
            if is_mid_ticket and "paper_out_mid_ticket" in self.faults:
                self.faults.discard("paper_out_mid_ticket")
                self.switch("paper_out", True)
        return again

    def _noise(self, now: float) -> float | None:
        if "garbage" not in self.faults:
            return None
        if now >= self._noise_at:
            self.replies += self._random.randbytes(self._random.randint(1, 6))
            self._noise_at = now + _NOISE_EVERY_S
        return self._noise_at

    def _execute(self, command: Command) -> int:
        """Returns the dots of paper moved."""
        match command:
            case Print(character, cells):
                return self.roll.put(character, cells, self._style)
            case Feed(None):
                return self.roll.end_line(self._style)
            case Feed(int() as dots):
                return self.roll.feed(dots, self._style)
            case Raster(width, rows, across, down, data):
                return self.roll.raster(width, rows, across, down, data, self._style) if width and rows else 0
            case Cut(_, margin):
                dots = 0
                if margin is not None:
                    dots = self.roll.feed(self.roll.head_to_cutter + margin, self._style)
                self._on_cut(self.roll.cut(), self._ticket_bytes)
                self._ticket_dots = -dots
                return dots
            case Plain("reset"):
                self._reset()
                self._ticket_bytes = 2
            case Plain("qr_store", data):
                self._qr_data = data
            case Plain("qr_print") if self._qr_data:
                return self.roll.qr(self._qr_data, self._qr["module"], self._qr["correction"], self._style)
            case Set():
                self._set(command)
            case Ask():
                self._answer(command)
            case Unknown(data):
                self.unknown_bytes += len(data)
        return 0

    def _reset(self) -> None:
        self._style = Style()
        self._qr = {"module": 3, "correction": 0}
        self._asb = 0

    def _set(self, command: Set) -> None:
        value = command.value
        match command.name, value:
            case "size", tuple():
                # On printers that need `FS !`, `GS !` leaves Chinese as it is.
                is_shared = self._profile.text.chinese_size == "gs_bang"
                self._style = replace(self._style, size=value)
                if is_shared:
                    self._style = replace(self._style, chinese_size=value)
            case "chinese_size", tuple():
                self._style = replace(self._style, chinese_size=value)
            case "align", int():
                self._style = replace(self._style, align=value if value in (0, 1, 2) else 0)
            case "bold", int():
                self._style = replace(self._style, is_bold=bool(value))
            case "inverse", int():
                self._style = replace(self._style, is_inverse=bool(value))
            case "line_dots", int():
                self._style = replace(self._style, line_dots=value)
            case ("qr_module" | "qr_correction") as name, int():
                self._qr[name.removeprefix("qr_")] = value
            case "asb", int():
                self._asb, self._asb_told = value, b""
                self._tell_asb()
            case _:
                pass

    def _obey(self, command: RealTime) -> None:
        faults = self.faults
        if command.kind == 0x05:
            self._recover(command.argument)
        if command.kind != 0x04:
            return
        flags = {
            1: 0x08 * self.is_blocked,
            2: 0x04 * ("cover" in faults)
            | 0x20 * ("paper_out" in faults)
            | 0x40 * bool(faults & {"cutter", "jam", "hot", "unrecoverable"}),
            3: 0x04 * ("jam" in faults)
            | 0x08 * ("cutter" in faults)
            | 0x20 * ("unrecoverable" in faults)
            | 0x40 * ("hot" in faults),
            4: 0x0C * bool(faults & {"near_end", "paper_out"}) | 0x60 * ("paper_out" in faults),
        }.get(command.argument)
        if flags is not None:
            self._reply(bytes([0x12 | flags]))

    def _recover(self, how: int) -> None:
        if how == 2 and "cutter" in self.faults and not self.faults & {"cutter_waits", "cover"}:
            self._buffer.clear()
            self._reset()
            self.switch("cutter", False)

    def _answer(self, question: Ask) -> None:
        faults = self.faults
        match question.what:
            case "paper":
                near, out = bool(faults & {"near_end", "paper_out"}), "paper_out" in faults
                self._reply(bytes([0x03 * near | 0x0C * out]))
            case "drawer":
                self._reply(b"\x00")
            case "fence":
                self._reply(b"\x37\x22" + question.token + b"\x00")
            case "name":
                self._tell_name(question.token[0])

    def _tell_name(self, n: int) -> None:
        """`GS I n`.  A model that does not know the command takes its letters for text, or ignores them, as here."""
        if not self._profile.status.tells_name:
            return
        self._reply(b"_" + self.names[n] + b"\x00" if n in self.names else b"\x02" if n < 65 else b"")

    def _tell_asb(self) -> None:
        """Automatic status back: four bytes whenever one of them changed."""
        if not self._asb:
            return
        faults = self.faults
        told = bytes(
            [
                0x10 | 0x08 * self.is_blocked | 0x20 * ("cover" in faults),
                0x04 * ("jam" in faults)
                | 0x08 * ("cutter" in faults)
                | 0x20 * ("unrecoverable" in faults)
                | 0x40 * ("hot" in faults),
                0x03 * bool(faults & {"near_end", "paper_out"}) | 0x0C * ("paper_out" in faults),
                0x00,
            ]
        )
        if told != self._asb_told:
            self._asb_told = told
            self._reply(told)

    def _reply(self, data: bytes) -> None:
        if "silent" not in self.faults:
            self.replies += data
