"""A voice pack: a folder with `manifest.yaml` and WAV clips, so that a bank can drop in its own recordings (D2).

    name: espeak-ng            # whose voice
    version: "1.52.0"          # of the recordings; may be left out
    rate_hz: 22050             # of every file: 16 bit, one channel
    chime: chime.wav
    clips:
      zh/请: zh/qing.wav
      en/number: en/number.wav

Everything is read and checked when the pack is loaded, and every problem is told at once; after that nothing can be
missing.  Speaks no sound itself.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from display.voice import pcm
from display.voice.pcm import NotThisSound, Pcm
from display.voice.phrase import GAP_MS, OPTIONAL, REQUIRED, Language, gaps_ms

MANIFEST = "manifest.yaml"
AFTER_CHIME_MS = 120


class VoicePackBroken(Exception):
    """The pack cannot be used; `problems` names every file and clip concerned."""

    def __init__(self, folder: Path, problems: Sequence[str]) -> None:
        self.problems = tuple(problems)
        super().__init__(f"voice pack {folder}: " + "; ".join(problems))


class Manifest(BaseModel):
    """`manifest.yaml`; an unknown field is refused with its path."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    version: str = ""
    rate_hz: int = Field(json_schema_extra={"enum": list(pcm.RATES_HZ)})
    chime: str
    clips: dict[str, str]


@dataclass(frozen=True, slots=True)
class Utterance:
    """An announcement as sound, and which part of it is what."""

    sound: Pcm
    clips: tuple[str, ...]
    chime_s: float


@dataclass(frozen=True)
class VoicePack:
    """Clips in memory."""

    name: str
    chime: Pcm
    clips: dict[str, Pcm]
    lacking: tuple[str, ...] = ()
    version: str = ""

    @property
    def title(self) -> str:
        """Whose voice, and which issue of it."""
        return f"{self.name} {self.version}".strip()

    @cached_property
    def checksum(self) -> str:
        """Eight hex digits of everything it can say: the same for the same sounds, wherever they were copied."""
        said = blake2b(f"{self.rate_hz}".encode(), digest_size=4)
        for clip, sound in (("", self.chime), *sorted(self.clips.items())):
            said.update(f"\n{clip}\n{len(sound.samples)}\n".encode())
            said.update(sound.to_bytes())
        return said.hexdigest()

    @property
    def rate_hz(self) -> int:
        return self.chime.rate_hz

    def utter(self, clips: Sequence[str]) -> Utterance:
        """Chime, then the clips with their gaps.  A clip the pack lacks leaves only its gap."""
        parts = [self.chime, pcm.silence(self.rate_hz, AFTER_CHIME_MS)] if clips else [self.chime]
        for clip, gap in zip(clips, gaps_ms(clips), strict=True):
            known = self.clips.get(clip)
            parts.append(known if known is not None else pcm.silence(self.rate_hz, GAP_MS))
            parts.append(pcm.silence(self.rate_hz, gap))
        return Utterance(pcm.join(self.rate_hz, parts), tuple(clips), self.chime.duration_s)


def load(folder: Path, languages: Sequence[Language]) -> VoicePack:
    """Read and check a pack for `languages`; raises VoicePackBroken with every problem found.

    Optional clips that are not there are listed in `lacking`; announcements are made without them.
    """
    manifest = _manifest(folder)
    problems: list[str] = []
    if manifest.rate_hz not in pcm.RATES_HZ:
        problems.append(f"{MANIFEST}: rate_hz is {manifest.rate_hz}, must be 22050 or 44100")
    chime = _read(folder, "chime", manifest.chime, manifest.rate_hz, problems)
    clips: dict[str, Pcm] = {}
    lacking: list[str] = []
    for language in languages:
        for clip in REQUIRED[language]:
            if clip not in manifest.clips:
                problems.append(f"{clip} is missing from {MANIFEST}")
        lacking += [clip for clip in OPTIONAL[language] if clip not in manifest.clips]
    for clip, name in manifest.clips.items():
        if clip.split("/")[0] in languages:
            clips[clip] = _read(folder, clip, name, manifest.rate_hz, problems)
    if problems:
        raise VoicePackBroken(folder, problems)
    return VoicePack(manifest.name, chime, clips, tuple(lacking), manifest.version)


def chime_only(rate_hz: int = 22050) -> VoicePack:
    """A pack without words, for a display that was given none: one still hears that something was called."""
    return VoicePack("chime only", pcm.chime(rate_hz), {})


def _manifest(folder: Path) -> Manifest:
    try:
        text = (folder / MANIFEST).read_text("utf-8")
        return Manifest.model_validate(yaml.safe_load(text))
    except OSError as problem:
        raise VoicePackBroken(folder, [f"{MANIFEST}: {problem.strerror}"]) from problem
    except (yaml.YAMLError, UnicodeDecodeError) as problem:
        raise VoicePackBroken(folder, [f"{MANIFEST}: {' '.join(str(problem).split())}"]) from problem
    except ValidationError as problem:
        found = [f"{MANIFEST}: {'.'.join(map(str, e['loc'])) or 'top'}: {e['msg']}" for e in problem.errors()]
        raise VoicePackBroken(folder, found) from problem


def _read(folder: Path, clip: str, name: str, rate_hz: int, problems: list[str]) -> Pcm:
    nothing = Pcm(rate_hz, array("h"))
    path = folder / name
    if not path.resolve().is_relative_to(folder.resolve()):
        problems.append(f"{clip}: {name} is outside the pack")
        return nothing
    try:
        sound = pcm.read_wav(path.read_bytes())
    except OSError as problem:
        problems.append(f"{clip}: {name}: {problem.strerror}")
        return nothing
    except NotThisSound as problem:
        problems.append(f"{clip}: {name}: {problem}")
        return nothing
    if sound.rate_hz != rate_hz:
        problems.append(f"{clip}: {name} has {sound.rate_hz} Hz, the pack {rate_hz} Hz")
    if not sound.samples:
        problems.append(f"{clip}: {name} is empty")
    return sound
