"""Pieces of a ticket → ESC/POS bytes: python-escpos as byte builder, with its gaps cured.  Its only door.

Cured here: Chinese is encoded by the profile's charset (its own encoder turns punctuation-only and rare text into
`?`); a line the printer has no character for goes as a small raster strip; real-time commands that happen to stand
inside raster data are shifted away; importing it no longer litters a temporary folder or configures logging.
It opens no port and knows nothing about whether the paper came out.
"""

from __future__ import annotations

import fcntl
import logging
import os
import pickle
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import segno
from PIL import Image

from firmware_config.printer_profile import PrinterProfile
from printer import strips
from printer.layout import Gap, Line, Piece, QrCode

TOKEN_LENGTH = 4
"""Bytes of the token a `GS ( H` fence carries and echoes."""

_ESC, _FS, _GS = b"\x1b", b"\x1c", b"\x1d"
_LINE_HEIGHT = 24
_WIDEST = 840
_REAL_TIME = (b"\x10\x04", b"\x10\x05", b"\x10\x14")
_CUT = {"partial": b"B", "full": b"A"}
_CORRECTION = {"L": 0, "M": 1, "Q": 2, "H": 3}

STATUS_QUERIES = {n: b"\x10\x04" + bytes([n]) for n in (1, 2, 3, 4)}
"""`DLE EOT n`: 1 printer, 2 offline cause, 3 error, 4 paper sensor (manual: ESC/POS command reference)."""

QUEUED_QUERY = _GS + b"r\x01"
"""`GS r 1`, answered when the printer reaches it in its buffer."""

RECOVER = b"\x10\x05\x02"
"""`DLE ENQ 2`: leave a recoverable error, and forget what was to be printed: nobody gets half a slip, or two."""

NAME_QUERIES = {"model": _GS + b"IC", "firmware": _GS + b"IA"}
"""`GS I 67` and `GS I 65`, answered when the printer reaches them in its buffer: `_`, text, NUL."""

ASB_ON = _GS + b"a\x0f"
"""Automatic status back for everything; `ESC @` switches it off again."""


@dataclass(frozen=True, slots=True)
class EncodedTicket:
    """A ticket on its way: the bytes, the paper it moves (mm), and its longest command (bytes, see the driver)."""

    data: bytes
    paper_mm: float
    longest_command: int


def encode(pieces: Iterable[Piece], profile: PrinterProfile, token: bytes = b"") -> EncodedTicket:
    """The bytes of one ticket, cut and followed by the profile's completion fence.

    `token` is what a `gs_h` fence echoes, four printable ASCII bytes; other profiles take none.
    Raises ValueError for a token that is not that.
    """
    pieces = tuple(pieces)
    ticket = _Ticket(profile)
    ticket.begin(is_chinese=any(isinstance(piece, Line) and not piece.text.isascii() for piece in pieces))
    for piece in pieces:
        match piece:
            case Line():
                ticket.line(piece)
            case QrCode(data):
                ticket.qr(data)
            case Gap(dots):
                ticket.feed(dots)
    ticket.end()
    ticket.fence(token)
    return EncodedTicket(ticket.data(), ticket.dots / profile.paper.dots_per_mm, ticket.longest)


def separate(profile: PrinterProfile, after: int) -> bytes:
    """What frees a printer left in the middle of a command of `after` bytes: fill it, reset, cut what hangs out."""
    ticket = _Ticket(profile)
    ticket.begin(is_chinese=False)
    ticket.end()
    return b"\x00" * after + ticket.data()


def rastered(text: str, charset: str) -> str:
    """The characters of `text` a printer with `charset` has no shape for, so that their line goes as dots."""
    return "".join(character for character in text if _encoded(character, charset) is None)


def _encoded(character: str, charset: str) -> bytes | None:
    if " " <= character <= "~":
        return character.encode("ascii")
    try:
        return character.encode("gbk")
    except UnicodeEncodeError:
        # GB18030 printers carry the font of the year 2000: GBK and, as four bytes, Extension A.  Newer
        # characters (鿏 𬭎) have codes but no shape.
        if charset == "gb18030" and "\u3400" <= character <= "\u4db5":
            return character.encode("gb18030")
    return None


class _Ticket:
    """Bytes of one ticket so far, the styles the printer is in, and the dots of paper moved."""

    def __init__(self, profile: PrinterProfile) -> None:
        self._profile = profile
        self._builder = _dummy()
        self._speaks_chinese = False
        self._style: dict[str, Any] = {}
        self._chinese_size = 0
        self.dots = 0.0
        self.longest = 0

    def data(self) -> bytes:
        return bytes(self._builder.output)

    def begin(self, is_chinese: bool) -> None:
        text = self._profile.text
        self._speaks_chinese = is_chinese and text.chinese_mode == "explicit"
        self._builder.hw("INIT")
        if self._profile.status.has_asb:
            self._raw(ASB_ON)
        if self._speaks_chinese:
            self._raw(_FS + b"&")
        if text.is_smoothed:
            self._builder.set(smooth=True)
        self._raw(_ESC + b"3" + bytes([text.line_dots]))
        self._style = {"align": "left", "size": (1, 1), "bold": False, "invert": False}

    def line(self, line: Line) -> None:
        text = self._profile.text
        if not line.text:
            self.feed(text.line_dots)
            return
        encoded = [_encoded(character, text.charset) for character in line.text]
        is_chinese = not line.text.isascii()
        too_large = is_chinese and text.chinese_size == "fs_bang" and max(line.width, line.height) > 2
        self._align(line.align)
        if None in encoded or too_large:
            self._raster(strips.draw(line, self._profile.paper.cell_dots, self._profile.paper.printable_dots))
            self.feed(max(0, text.line_dots - _LINE_HEIGHT))
            return
        self._size(line.width, line.height, is_chinese)
        self._set(bold=line.is_bold)
        self._set(invert=line.is_inverse)
        self._raw(b"".join(part for part in encoded if part) + b"\n")
        self.dots += max(text.line_dots, _LINE_HEIGHT * line.height)

    def qr(self, data: str) -> None:
        qr = self._profile.qr
        code = segno.make(data, error=qr.error_correction, micro=False, boost_error=False)
        self._align("center")
        modules = int(code.symbol_size(border=0)[0])
        if qr.method == "native":
            self._size(1, 1, is_chinese=False)
            self._native_qr(data.encode(), qr.module_dots, _CORRECTION[qr.error_correction])
            self.longest = max(self.longest, len(data.encode()) + 8)
            self.dots += modules * qr.module_dots
            return
        dots = qr.module_dots // 2
        image = Image.new("1", (modules, modules), 1)
        image.putdata([0 if dark else 1 for row in code.matrix for dark in row])
        self._raster(image.resize((modules * dots, modules * dots)), is_doubled=True)

    def _native_qr(self, data: bytes, module: int, correction: int) -> None:
        # Not `Dummy.qr`: it also says correction L, which `ESC @` has just restored (function 169, default 48, in
        # the Zebra ZQ110 and Cino manuals).  The model is said: manuals disagree on which one is the default.
        send = self._builder._send_2d_code_data
        send(b"A", b"1", b"2\x00")
        send(b"C", b"1", bytes([module]))
        if correction:
            send(b"E", b"1", bytes([48 + correction]))
        send(b"P", b"1", data, b"0")
        send(b"Q", b"1", b"", b"0")

    def feed(self, dots: int) -> None:
        while dots > 0:
            step = min(dots, 255)
            self._raw(_ESC + b"J" + bytes([step]))
            self.dots += step
            dots -= step

    def end(self) -> None:
        cut, paper = self._profile.cut, self._profile.paper
        to_cutter = paper.head_to_cutter_mm * paper.dots_per_mm
        if self._speaks_chinese:
            self._raw(_FS + b".")
        if cut.method == "none":
            self.feed(round(to_cutter) + cut.margin_dots)
            return
        # Function B feeds to the knife by itself; python-escpos can only say it without a margin.
        self._raw(_GS + b"V" + _CUT[cut.method] + bytes([cut.margin_dots]))
        self.dots += to_cutter + cut.margin_dots

    def fence(self, token: bytes) -> None:
        if self._profile.completion.method == "gs_h":
            if len(token) != TOKEN_LENGTH or not all(0x20 < byte < 0x7F for byte in token):
                raise ValueError(f"a fence token is {TOKEN_LENGTH} printable bytes, not {token!r}")
            self._raw(_GS + b"(H\x06\x0000" + token)
            return
        if token:
            raise ValueError(f"a {self._profile.completion.method} fence carries no token")
        if self._profile.completion.method == "gs_r":
            self._raw(QUEUED_QUERY)

    def _raw(self, data: bytes) -> None:
        self._builder._raw(data)

    def _align(self, align: str) -> None:
        self._set(align=align)

    def _size(self, width: int, height: int, is_chinese: bool) -> None:
        if self._style["size"] != (width, height):
            self._builder.set(custom_size=True, width=width, height=height)
            self._style["size"] = (width, height)
        if is_chinese and self._profile.text.chinese_size == "fs_bang":
            size = (0x04 if width == 2 else 0) | (0x08 if height == 2 else 0)
            if size != self._chinese_size:
                self._raw(_FS + b"!" + bytes([size]))
                self._chinese_size = size

    def _set(self, **style: Any) -> None:
        """Say only what changes: on a slow wire every style costs a visible millisecond."""
        changed = {name: value for name, value in style.items() if self._style[name] != value}
        if changed:
            self._builder.set(**changed)
            self._style |= changed

    def _raster(self, image: Image.Image, is_doubled: bool = False) -> None:
        data = raster(image, is_doubled)
        self._raw(data)
        self.longest = max(self.longest, len(data))
        self.dots += image.height * (2 if is_doubled else 1)


def raster(image: Image.Image, is_doubled: bool = False) -> bytes:
    """`GS v 0` for a black and white image, free of bytes a printer would obey as real-time commands.

    `is_doubled` lets the printer enlarge each dot to 2 x 2.
    """
    for shift in range(8):
        moved = Image.new("1", (image.width + shift, image.height), 1)
        moved.paste(image, (shift, 0))
        data = _raster(moved, is_doubled)
        if not any(command in data for command in _REAL_TIME):
            return data
    # Every shift has one somewhere (a large, busy picture): one extra dot breaks each of them.
    for command in _REAL_TIME:
        data = data.replace(command, b"\x11" + command[1:])
    return data


def _raster(image: Image.Image, is_doubled: bool) -> bytes:
    builder = _dummy()
    # One fragment whatever the height, so that a command can be searched as a whole.
    builder.image(
        image,
        high_density_vertical=not is_doubled,
        high_density_horizontal=not is_doubled,
        fragment_height=image.height,
    )
    return bytes(builder.output)


def _dummy() -> Any:
    builder = _Dummy(profile="default")
    # It prints a complaint on stdout for every image unless told a width; the layout has its own.
    builder.profile.profile_data = {
        **builder.profile.profile_data,
        "media": {"width": {"mm": 0, "pixels": _WIDEST}},
    }
    return builder


def _import_dummy() -> Any:
    """python-escpos 3.1 parses its capabilities on import, makes a temporary folder it never removes even when told
    where to keep its pickle, and calls `logging.basicConfig`.  The pickle must lie where only we can write it: who
    can replace a pickle runs code in our process.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "jiaohao" / "escpos"
    handlers, before = logging.root.handlers[:], tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="jiaohao-escpos-") as scratch:
        try:
            cache.mkdir(mode=0o700, parents=True, exist_ok=True)
            lock = (cache / "lock").open("w")
        except OSError:
            cache = Path(scratch)
            lock = (cache / "lock").open("w")
        tempfile.tempdir = scratch
        try:
            with lock:
                # Two programs starting at once must not read each other's half-written pickle.
                fcntl.flock(lock, fcntl.LOCK_EX)
                os.environ.setdefault("ESCPOS_CAPABILITIES_PICKLE_DIR", str(cache))
                try:
                    from escpos.printer import Dummy
                except (pickle.UnpicklingError, EOFError, ValueError, OSError):
                    # A pickle cut short by a power cut would stop every later start.
                    for stale in cache.glob("*.pickle"):
                        stale.unlink()
                    from escpos.printer import Dummy
        finally:
            tempfile.tempdir = before
            logging.root.handlers[:] = handlers
    return Dummy


_Dummy = _import_dummy()
