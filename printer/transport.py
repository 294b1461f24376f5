"""Bytes in and out of a serial port, opened by path or URL, alone.  The only door to pyserial.

It knows when a port is gone and when it takes no more bytes; what the bytes mean it does not know.
"""

from __future__ import annotations

import contextlib
import os
import select
import termios
import time
from typing import Protocol

import serial

from firmware_config.printer_profile import SerialLine

_URL_SLICE_S = 0.05
_READ_BYTES = 4096


class PortLost(Exception):
    """The port cannot be opened or went away; `sent` bytes of this write had left before."""

    code = "unplugged"

    def __init__(self, message: str, sent: int = 0) -> None:
        super().__init__(message)
        self.sent = sent


class PortStalled(Exception):
    """The other end takes no more bytes; `sent` had left before."""

    code = "offline"

    def __init__(self, message: str, sent: int) -> None:
        super().__init__(message)
        self.sent = sent


def _descriptor(port: serial.SerialBase) -> int | None:
    """What a real port can be waited for with; `loop://` and `socket://` are asked in slices."""
    return port.fd if isinstance(port, serial.Serial) else None


class BytePort(Protocol):
    """What a session needs of a port."""

    @property
    def wire_free_at(self) -> float:
        """When everything written will have left the wire, in monotonic seconds, by the speed of the line."""

    def read(self, within_s: float) -> bytes:
        """What came, as soon as something came; empty after `within_s` or a `wake`.  Raises PortLost."""

    def write(self, data: bytes) -> None:
        """Hand over all of `data`.  Raises PortLost or PortStalled."""


class SerialPort:
    """One serial port.  `open` and `close` may follow each other for ever; `wake` is for other threads."""

    def __init__(self, port: str, line: SerialLine) -> None:
        self._name = port
        self._line = line
        self._serial: serial.Serial | None = None
        self._wake_r, self._wake_w = os.pipe()
        os.set_blocking(self._wake_w, False)
        os.set_blocking(self._wake_r, False)
        self._wire_free_at = 0.0

    @property
    def wire_free_at(self) -> float:
        """When everything written will have left the wire, in monotonic seconds."""
        return self._wire_free_at

    def open(self) -> None:
        """Open the port for us alone, empty.  Raises PortLost."""
        self.close()
        line = self._line
        try:
            port = serial.serial_for_url(
                self._name,
                do_not_open=True,
                baudrate=line.baud,
                parity=line.parity,
                stopbits=line.stop_bits,
                xonxoff=line.flow == "xonxoff",
                rtscts=line.flow == "rtscts",
                timeout=_URL_SLICE_S,
                # Never wait inside a write: its own time-out does not say how many bytes went out.
                write_timeout=0,
                exclusive=True,
            )
            port.open()
            port.reset_input_buffer()
        except (serial.SerialException, OSError, termios.error, ValueError) as fault:
            raise PortLost(f"{self._name} cannot be opened: {fault}") from fault
        self._serial = port
        self._wire_free_at = time.monotonic()

    def close(self) -> None:
        """Let the port go; closing a lost or closed port is fine."""
        port, self._serial = self._serial, None
        if port is not None:
            with contextlib.suppress(serial.SerialException, OSError, termios.error):
                port.close()

    def discard(self) -> None:
        """Close the port and what `wake` needs; the end."""
        self.close()
        os.close(self._wake_r)
        os.close(self._wake_w)

    def wake(self) -> None:
        """Let a `read` or a `pause` in another thread return now."""
        with contextlib.suppress(BlockingIOError, OSError):
            os.write(self._wake_w, b".")

    def pause(self, within_s: float) -> None:
        """Wait, with no port open, until `within_s` passed or somebody calls `wake`."""
        if select.select([self._wake_r], [], [], max(0.0, within_s))[0]:
            self._slept()

    def read(self, within_s: float) -> bytes:
        """What came, as soon as something came; empty after `within_s` or a `wake`.  Raises PortLost."""
        port = self._opened()
        try:
            descriptor = _descriptor(port)
            if descriptor is not None:
                ready, _, _ = select.select([descriptor, self._wake_r], [], [], max(0.0, within_s))
                if self._wake_r in ready:
                    self._slept()
                if descriptor not in ready:
                    return b""
                return bytes(port.read(max(1, min(port.in_waiting, _READ_BYTES))))
            deadline = time.monotonic() + within_s
            while not (data := port.read(max(1, port.in_waiting))):
                if time.monotonic() >= deadline or select.select([self._wake_r], [], [], 0)[0]:
                    self._slept()
                    break
            return bytes(data)
        except (serial.SerialException, OSError, termios.error) as fault:
            raise PortLost(f"{self._name} went away: {fault}") from fault

    def write(self, data: bytes) -> None:
        """Hand over all of `data`, piece by piece.  Raises PortLost or PortStalled with the bytes that had left."""
        sent = 0
        port = self._opened()
        try:
            while sent < len(data):
                sent += self._write_piece(port, data[sent : sent + self._line.chunk_bytes], sent)
        except (serial.SerialException, OSError, termios.error) as fault:
            raise PortLost(f"{self._name} went away: {fault}", sent) from fault
        finally:
            self._wire_free_at = max(time.monotonic(), self._wire_free_at) + sent * self._line.byte_s

    def _write_piece(self, port: serial.Serial, piece: bytes, sent: int) -> int:
        descriptor = _descriptor(port)
        if descriptor is None:
            return int(port.write(piece) or len(piece))
        _, ready, _ = select.select([], [descriptor], [], self._line.write_within_s)
        if not ready:
            raise PortStalled(f"{self._name} took no byte for {self._line.write_within_s} s", sent)
        return int(port.write(piece) or 0)

    def _opened(self) -> serial.Serial:
        if self._serial is None:
            raise PortLost(f"{self._name} is not open")
        return self._serial

    def _slept(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake_r, _READ_BYTES)
