"""Which clips an announcement is made of, and the silence between them.  Pure.

A clip id is "language/word": `zh/请`, `zh/A`, `en/12`.  Numbers of tickets are read character by character (D2);
numbers of counters up to 99 as people say them, unless `SPELL` is asked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

Language = Literal["zh", "en"]
CounterReading = Literal["number", "digits"]

GAP_MS = 30
# After 号 a listener decides whether the number was theirs; the counter comes only then (D2).
AFTER_NUMBER_MS = 180
BETWEEN_LANGUAGES_MS = 450
BETWEEN_REPEATS_MS = 700

DIGITS_ZH = "零一二三四五六七八九"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

# What every pack must have for its language, and what it may have: without 幺 one says 一, without the recall words
# the call is simply said again, without the tens a counter is spelled.
REQUIRED: dict[Language, tuple[str, ...]] = {
    "zh": tuple(f"zh/{word}" for word in ("请", "号", "到", "窗口", *DIGITS_ZH, *LETTERS)),
    "en": tuple(f"en/{word}" for word in ("number", "go_to_counter", *"0123456789", *LETTERS)),
}
OPTIONAL: dict[Language, tuple[str, ...]] = {
    "zh": ("zh/再次呼叫", "zh/幺", "zh/十"),
    "en": ("en/calling_again", *(f"en/{n}" for n in range(10, 20)), *(f"en/{n}" for n in range(20, 100, 10))),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How this branch reads.  `one`: 一, or the telephone's 幺."""

    one: Literal["一", "幺"] = "一"
    counter: CounterReading = "number"


def phrase(
    number: str,
    counter: str,
    languages: Sequence[Language] = ("zh",),
    times: int = 1,
    is_recall: bool = False,
    reading: Reading = Reading(),
    available: Collection[str] | None = None,
) -> list[str]:
    """The clip ids of one announcement, in order: every language, then all of it again until said `times` times.

    >>> phrase("A012", "3")
    ['zh/请', 'zh/A', 'zh/零', 'zh/一', 'zh/二', 'zh/号', 'zh/到', 'zh/三', 'zh/号', 'zh/窗口']

    Characters that are neither letters nor digits are not said (see `unsaid`).  `available` (default: everything)
    decides about optional words only; a required clip is named whether the pack has it or not.
    """
    has = _Available(available)
    once: list[str] = []
    for language in languages:
        if language == "zh":
            once += _chinese(number, counter, is_recall, reading, has)
        else:
            once += _english(number, counter, is_recall, reading, has)
    return once * max(1, times)


def unsaid(text: str) -> str:
    """The characters of a ticket number or counter for which there are no words, such as 贵 or -."""
    return "".join(c for c in text if c.upper() not in LETTERS and not _is_digit(c))


def gaps_ms(clips: Sequence[str]) -> list[int]:
    """The silence after each clip, in milliseconds; the last one has none."""
    return [_gap_ms(a, b) for a, b in pairwise(clips)] + [0] * bool(clips)


def _gap_ms(clip: str, following: str) -> int:
    starts = following in ("zh/请", "en/number", "zh/再次呼叫", "en/calling_again")
    if clip.split("/")[0] != following.split("/")[0]:
        # From the last language back to the first: a repeat.
        return BETWEEN_REPEATS_MS if clip.startswith("en/") and starts else BETWEEN_LANGUAGES_MS
    if starts and clip not in ("zh/再次呼叫", "en/calling_again"):
        return BETWEEN_REPEATS_MS
    if following in ("zh/到", "en/go_to_counter") or clip in ("zh/再次呼叫", "en/calling_again"):
        return AFTER_NUMBER_MS
    return GAP_MS


@dataclass(frozen=True, slots=True)
class _Available:
    clips: Collection[str] | None

    def __call__(self, clip: str) -> bool:
        return self.clips is None or clip in self.clips


def _is_digit(c: str) -> bool:
    return c in "0123456789"


def _spell(text: str) -> Iterator[str]:
    for c in text.upper():
        if c in LETTERS or _is_digit(c):
            yield c


def _chinese(number: str, counter: str, is_recall: bool, reading: Reading, has: _Available) -> list[str]:
    clips = ["zh/再次呼叫"] if is_recall and has("zh/再次呼叫") else []
    one = "zh/幺" if reading.one == "幺" and has("zh/幺") else "zh/一"
    clips.append("zh/请")
    clips += [one if c == "1" else _zh(c) for c in _spell(number)]
    clips += ["zh/号", "zh/到"]
    if reading.counter == "number" and _is_ten_to_99(counter) and has("zh/十"):
        tens, units = divmod(int(counter), 10)
        clips += [_zh(str(tens))] if tens > 1 else []
        clips.append("zh/十")
        clips += [_zh(str(units))] if units else []
    else:
        clips += [_zh(c) for c in _spell(counter)]
    return [*clips, "zh/号", "zh/窗口"]


def _zh(c: str) -> str:
    return f"zh/{DIGITS_ZH[int(c)]}" if _is_digit(c) else f"zh/{c}"


def _english(number: str, counter: str, is_recall: bool, reading: Reading, has: _Available) -> list[str]:
    clips = ["en/calling_again"] if is_recall and has("en/calling_again") else []
    clips.append("en/number")
    clips += [f"en/{c}" for c in _spell(number)]
    clips.append("en/go_to_counter")
    if reading.counter == "number" and _is_ten_to_99(counter):
        value = int(counter)
        words = [value] if value < 20 or value % 10 == 0 else [value // 10 * 10, value % 10]
        named = [f"en/{word}" for word in words]
        if all(has(word) for word in named):
            return clips + named
    return clips + [f"en/{c}" for c in _spell(counter)]


def _is_ten_to_99(counter: str) -> bool:
    return len(counter) == 2 and all(_is_digit(c) for c in counter) and counter[0] != "0"
