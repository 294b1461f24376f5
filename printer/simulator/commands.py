"""ESC/POS as a printer reads it: a buffer of bytes → one command at a time.

Written from the manuals and sharing nothing with the encoder, so that the two do not share mistakes.  Real-time
commands are picked out as the bytes arrive, also inside raster data, as the hardware does.
"""

from __future__ import annotations

from dataclasses import dataclass

_ESC, _FS, _GS, _DLE = 0x1B, 0x1C, 0x1D, 0x10


@dataclass(frozen=True, slots=True)
class Print:
    """One character, as read in the mode of the moment; `cells` is 1 or 2."""

    character: str
    cells: int


@dataclass(frozen=True, slots=True)
class Set:
    """A style or mode: `align`, `bold`, `inverse`, `size`, `chinese_size`, `line_dots`, `smooth`, `asb`, `qr_*`."""

    name: str
    value: int | tuple[int, int]


@dataclass(frozen=True, slots=True)
class Raster:
    """`GS v 0`: rows of `width_bytes`, each dot `across` x `down`."""

    width_bytes: int
    rows: int
    across: int
    down: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Feed:
    """Print what the line holds and move on: by `dots`, or by the line's own height when None."""

    dots: int | None


@dataclass(frozen=True, slots=True)
class Cut:
    """Cut here, or after feeding to the knife and `margin` dots."""

    is_full: bool
    margin: int | None


@dataclass(frozen=True, slots=True)
class Ask:
    """A queued question: `paper` (GS r 1), `drawer` (GS r 2), `fence` (GS ( H) with its token, `name` (GS I n)."""

    what: str
    token: bytes = b""


@dataclass(frozen=True, slots=True)
class Plain:
    """A command without arguments: `reset`, `qr_print`, `store`."""

    what: str
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Unknown:
    """Bytes this printer does not know; a real one prints rubbish or ignores them."""

    data: bytes


Command = Print | Set | Raster | Feed | Cut | Ask | Plain | Unknown


@dataclass(frozen=True, slots=True)
class RealTime:
    """`DLE EOT n` (status), `DLE ENQ n` (recover) or `DLE DC4`."""

    kind: int
    argument: int


class RealTimeSieve:
    """Splits what arrives into real-time commands and everything else, whatever the chunks."""

    def __init__(self) -> None:
        self._held = bytearray()

    def sift(self, data: bytes) -> tuple[bytes, list[RealTime]]:
        """The bytes for the buffer, and the commands to obey at once."""
        rest, commands = bytearray(), []
        for byte in data:
            self._held.append(byte)
            if self._held[0] != _DLE:
                rest += self._held
                self._held.clear()
            elif len(self._held) == 2 and byte not in (0x04, 0x05, 0x14):
                rest.append(_DLE)
                del self._held[0]
                if byte != _DLE:
                    rest.append(byte)
                    self._held.clear()
            elif len(self._held) == 3:
                commands.append(RealTime(self._held[1], byte))
                self._held.clear()
        return bytes(rest), commands


class CommandReader:
    """Takes commands off the front of a buffer; keeps the modes that decide how bytes are read."""

    def __init__(self, charset: str, is_always_chinese: bool) -> None:
        self._charset = charset
        self._is_always_chinese = is_always_chinese
        self._is_chinese = is_always_chinese

    def take(self, buffer: bytearray) -> Command | None:
        """The next command, removed from `buffer`; None while it is not complete."""
        if not buffer:
            return None
        read = {_ESC: self._escape, _FS: self._chinese, _GS: self._group}.get(buffer[0], self._text)
        found = read(bytes(buffer[:4096]) if buffer[:4] != b"\x1dv0" else bytes(buffer))
        if found is None:
            return None
        command, length = found
        del buffer[:length]
        return command

    def _text(self, data: bytes) -> tuple[Command, int] | None:
        first = data[0]
        if first == 0x0A:
            return Feed(None), 1
        if first < 0x20 or first == 0x7F:
            # A printer ignores control characters it has no use for (NUL, CR with LF feeding).
            return Unknown(data[:1]), 1
        if first < 0x80:
            return Print(chr(first), 1), 1
        if not self._is_chinese:
            return Print(data[:1].decode("cp437"), 1), 1
        if first in (0x80, 0xFF):
            return Unknown(data[:1]), 1
        if len(data) < 2:
            return None
        length = 2
        if self._charset == "gb18030" and 0x30 <= data[1] <= 0x39:
            if len(data) < 4:
                return None
            length = 4
        return Print(data[:length].decode(self._charset, "replace")[0], 2), length

    def _escape(self, data: bytes) -> tuple[Command, int] | None:
        if len(data) < 2:
            return None
        letter = data[1:2]
        if letter == b"@":
            self._is_chinese = self._is_always_chinese
            return Plain("reset"), 2
        if letter == b"2":
            return Set("line_dots", 30), 2
        if letter not in b"!3JEadtGM-RV{":
            return Unknown(data[:2]), 2
        if len(data) < 3:
            return None
        n = data[2]
        match letter:
            case b"3":
                return Set("line_dots", n), 3
            case b"J":
                return Feed(n), 3
            case b"d":
                return Feed(n * 30), 3
            case b"E" | b"G":
                return Set("bold", n & 1), 3
            case b"a":
                return Set("align", n % 48), 3
            case b"!":
                return Set("size", (2 if n & 0x20 else 1, 2 if n & 0x10 else 1)), 3
            case _:
                return Unknown(data[:3]), 3

    def _chinese(self, data: bytes) -> tuple[Command, int] | None:
        if len(data) < 2:
            return None
        match data[1:2]:
            case b"&":
                self._is_chinese = True
                return Set("chinese", 1), 2
            case b".":
                self._is_chinese = self._is_always_chinese
                return Set("chinese", 0), 2
            case b"!" if len(data) < 3:
                return None
            case b"!":
                return Set("chinese_size", (2 if data[2] & 4 else 1, 2 if data[2] & 8 else 1)), 3
            case _:
                return Unknown(data[:2]), 2

    def _group(self, data: bytes) -> tuple[Command, int] | None:
        if len(data) < 3:
            return None
        letter, n = data[1:2], data[2]
        match letter:
            case b"!":
                return Set("size", ((n >> 4 & 7) + 1, (n & 7) + 1)), 3
            case b"B":
                return Set("inverse", n & 1), 3
            case b"b":
                return Set("smooth", n & 1), 3
            case b"a":
                return Set("asb", n), 3
            case b"r":
                return Ask("paper" if n in (1, 49) else "drawer"), 3
            case b"I":
                return Ask("name", bytes([n])), 3
            case b"V":
                return _cut(data)
            case b"v":
                return _raster(data)
            case b"(":
                return _function(data)
            case _:
                return Unknown(data[:2]), 2


def _cut(data: bytes) -> tuple[Command, int] | None:
    mode = data[2]
    if mode in (0, 1, 48, 49):
        return Cut(mode in (0, 48), None), 3
    if mode not in (65, 66):
        return Unknown(data[:3]), 3
    return (Cut(mode == 65, data[3]), 4) if len(data) > 3 else None


def _raster(data: bytes) -> tuple[Command, int] | None:
    if len(data) < 8:
        return None
    width, rows = data[4] | data[5] << 8, data[6] | data[7] << 8
    end = 8 + width * rows
    if len(data) < end:
        return None
    across, down = (2 if data[3] & 1 else 1), (2 if data[3] & 2 else 1)
    return Raster(width, rows, across, down, data[8:end]), end


def _function(data: bytes) -> tuple[Command, int] | None:
    """`GS ( x pL pH …`: QR and the fence; everything else is skipped by its length."""
    if len(data) < 5:
        return None
    end = 5 + (data[3] | data[4] << 8)
    if len(data) < end:
        return None
    letter, body = data[2:3], data[5:end]
    if letter == b"H" and body[:2] == b"00" and len(body) == 6:
        return Ask("fence", body[2:]), end
    if letter == b"k" and body[:1] == b"1" and len(body) >= 3:
        match body[1]:
            case 67:
                return Set("qr_module", body[2]), end
            case 69:
                return Set("qr_correction", body[2] - 48), end
            case 80:
                return Plain("qr_store", body[3:]), end
            case 81:
                return Plain("qr_print"), end
            case 65:
                return Set("qr_model", body[2] - 48), end
    return Unknown(data[:end]), end
