"""The devices of a branch file: kiosks, displays, printers, and what hangs on the RS-485 lines.

One pydantic model per map.  Whether line, profile, counter and printer exist, and whether an address is free, is looked
at in `references` and `pad_references`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from firmware_config import scalars as s
from firmware_config.adapters import Adapter
from firmware_config.pad_profile import Baud
from firmware_config.parts import Bearer, Label, Part
from firmware_config.printer_profile import SerialLine


class Kiosk(Bearer):
    """A kiosk, and the printer inside it."""

    printer: s.Code | None = None


class Display(Bearer):
    """A lobby display."""


class Printer(Part):
    """A ticket printer: its model and its port.  It has no token: only its kiosk speaks to the server."""

    id: s.Code
    profile: s.Code
    port: s.Port
    adapter: Adapter | None = None


_BAUD = s.whole_of(2400, 4800, 9600, 19200, 38400, 57600, 115200)


class PadLine(Bearer):
    """An RS-485 line behind one serial port.  It bears the token for everything that hangs on it."""

    port: s.Port
    adapter: Adapter | None = None
    baud: Annotated[Baud, _BAUD] = 9600
    parity: Annotated[Literal["N", "E", "O"], s.choice("N", "E", "O")] = "N"

    @property
    def serial(self) -> SerialLine:
        """The port's settings, as a transport takes them."""
        return SerialLine(baud=self.baud, parity=self.parity)


class OnLine(Part):
    """A device on a line, known there by its address; `brightness` and `beeps` override its profile."""

    id: s.Code
    line: s.Code
    address: Annotated[int, s.whole(0, 255)]
    profile: s.Code
    counter: s.CounterCode
    brightness: Annotated[int, s.whole(1, 8)] | None = None
    beeps: s.Truth | None = None


class CallPad(OnLine):
    """A teller's keys (C1)."""


class WindowScreen(OnLine):
    """The screen over a counter (D5); `welcome`: what it shows while the counter is free."""

    welcome: Label | None = None


class Evaluator(OnLine):
    """The keys a customer rates the service with (H4)."""


class Devices(Part):
    """What hangs on the branch's wires."""

    kiosks: tuple[Kiosk, ...] = ()
    displays: tuple[Display, ...] = ()
    printers: tuple[Printer, ...] = ()
    lines: tuple[PadLine, ...] = ()
    call_pads: tuple[CallPad, ...] = ()
    window_screens: tuple[WindowScreen, ...] = ()
    evaluators: tuple[Evaluator, ...] = ()

    @property
    def on_lines(self) -> tuple[CallPad | WindowScreen | Evaluator, ...]:
        """Every device on any line, in the order of the file."""
        return (*self.call_pads, *self.window_screens, *self.evaluators)
