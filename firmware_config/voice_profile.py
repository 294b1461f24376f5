"""Whose voice calls the numbers, where its clips are, and how it reads: YAML that inherits and overrides (D2, F1).

How often and in which languages is a rule of the branch; what the clips are is checked by the display that plays them.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from firmware_config import scalars as s
from firmware_config.parts import Part
from firmware_config.problems import Expected
from firmware_config.profile_file import Shelf

PROFILES = Path(__file__).parent / "profiles" / "voices"
"""Where the shipped voices live."""

One = Annotated[Literal["一", "幺"], s.choice("一", "幺")]
CounterReading = Annotated[Literal["number", "digits"], s.choice("number", "digits")]
Language = Annotated[Literal["zh", "en"], s.choice("zh", "en")]


class VoiceProfile(Part):
    """One voice pack and its manner.

    `folder`: of its manifest and clips, on the display's machine.  `one`: 1 is read 一, or 幺 as on the telephone.
    `counter`: counter 12 is read as a number, 十二, or digit by digit, 一二.
    """

    name: s.Code
    title: Annotated[str, s.words(80)]
    folder: s.Folder
    languages: Annotated[tuple[Language, ...], Field(min_length=1, max_length=2)]
    one: One = "一"
    counter: CounterReading = "number"


_SHELF = Shelf(VoiceProfile, PROFILES, Expected.KNOWN_VOICE)


def voice_profile_names(folder: Path = PROFILES) -> tuple[str, ...]:
    """The voices in `folder`, sorted."""
    return _SHELF.names(folder)


def load_voice_profile(
    source: str | Path = "espeak_ng", overrides: Mapping[str, Any] | None = None, folder: Path = PROFILES
) -> VoiceProfile:
    """The voice named `source` in `folder`, or in the file `source`.  Raises ProfileFault with every problem."""
    return _SHELF.load(source, overrides, folder)
