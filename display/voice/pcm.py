"""Sound as numbers: 16 bit, one channel.  Trimming, loudness, the chime, joining, WAV files in and out.  Pure.

Written with the standard library only, because it runs once per clip and a branch PC needs no numerics for it.
"""

from __future__ import annotations

import io
import math
import wave
from array import array
from collections.abc import Iterable
from dataclasses import dataclass

RATES_HZ = (22050, 44100)

# The loudness of every clip, as the level of its loud parts below full scale, and the peak it may not pass.
LEVEL_DB = -20.0
PEAK_DB = -1.0
_BLOCK_MS = 10
# Quieter than this below the loudest block is silence.
_SILENCE_DB = -38.0
# Kept before and after the loud part, so that soft consonants survive.
_MARGIN_MS = 12


class NotThisSound(ValueError):
    """A WAV file that is not 16 bit, one channel, at an accepted rate."""


@dataclass(frozen=True, slots=True)
class Pcm:
    """Samples at a rate."""

    rate_hz: int
    samples: array[int]

    @property
    def duration_s(self) -> float:
        return len(self.samples) / self.rate_hz

    def to_bytes(self) -> bytes:
        """Little-endian samples, as WAV files and sound devices take them."""
        return self.samples.tobytes()


def silence(rate_hz: int, milliseconds: int) -> Pcm:
    """Nothing, for a while."""
    return Pcm(rate_hz, array("h", bytes(2 * (rate_hz * milliseconds // 1000))))


def join(rate_hz: int, parts: Iterable[Pcm]) -> Pcm:
    """One after the other; all must have `rate_hz`."""
    samples = array("h")
    for part in parts:
        if part.rate_hz != rate_hz:
            raise NotThisSound(f"{part.rate_hz} Hz among {rate_hz} Hz")
        samples.extend(part.samples)
    return Pcm(rate_hz, samples)


def read_wav(data: bytes) -> Pcm:
    """The sound in a WAV file; raises NotThisSound."""
    try:
        with wave.open(io.BytesIO(data)) as file:
            if (file.getsampwidth(), file.getnchannels()) != (2, 1) or file.getframerate() not in RATES_HZ:
                raise NotThisSound(
                    f"{file.getsampwidth() * 8} bit, {file.getnchannels()} channels, {file.getframerate()} Hz; "
                    f"16 bit, 1 channel, {' or '.join(map(str, RATES_HZ))} Hz is needed"
                )
            samples = array("h", file.readframes(file.getnframes()))
            return Pcm(file.getframerate(), samples)
    except (wave.Error, EOFError, ValueError) as problem:
        if isinstance(problem, NotThisSound):
            raise
        raise NotThisSound(f"not a WAV file: {problem}") from problem


def write_wav(sound: Pcm) -> bytes:
    """A WAV file."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(sound.rate_hz)
        file.writeframes(sound.to_bytes())
    return out.getvalue()


def trim(sound: Pcm) -> Pcm:
    """Without the silence before and after; a sound that is all silence comes out empty."""
    block, levels = _levels(sound)
    loudest = max(levels, default=0.0)
    if loudest < 1:
        return Pcm(sound.rate_hz, array("h"))
    threshold = loudest * _ratio(_SILENCE_DB)
    loud = [i for i, level in enumerate(levels) if level >= threshold]
    margin = sound.rate_hz * _MARGIN_MS // 1000
    start = max(0, loud[0] * block - margin)
    end = min(len(sound.samples), (loud[-1] + 1) * block + margin)
    return _faded(Pcm(sound.rate_hz, sound.samples[start:end]))


def normalise(sound: Pcm) -> Pcm:
    """At the common loudness, by the level of the louder half of its blocks, and never clipped."""
    _, levels = _levels(sound)
    loud = sorted(levels)[len(levels) // 2 :]
    level = math.sqrt(sum(x * x for x in loud) / len(loud)) if loud else 0.0
    if level < 1:
        return sound
    peak = max(abs(sample) for sample in sound.samples)
    gain = min(32767 * _ratio(LEVEL_DB) / level, 32767 * _ratio(PEAK_DB) / peak)
    return Pcm(sound.rate_hz, array("h", (round(sample * gain) for sample in sound.samples)))


def chime(rate_hz: int) -> Pcm:
    """Ding-dong: two struck tones a major third apart, each dying away, 1.25 s together."""
    notes = ((0.0, 659.26), (0.42, 523.25))  # e2, c2
    partials = (
        (1.0, 1.0, 3.2),
        (2.0, 0.35, 5.0),
        (3.01, 0.12, 8.0),
        (4.2, 0.05, 12.0),
    )  # ratio, level, decay per s
    length = int(1.25 * rate_hz)
    values = [0.0] * length
    for start_s, pitch_hz in notes:
        start = int(start_s * rate_hz)
        for ratio, level, decay in partials:
            step = 2 * math.pi * pitch_hz * ratio / rate_hz
            for i in range(length - start):
                t = i / rate_hz
                # 4 ms of attack: a struck bar, not a click.
                values[start + i] += level * min(1.0, t / 0.004) * math.exp(-decay * t) * math.sin(step * i)
    peak = max(abs(v) for v in values)
    fade = int(0.15 * rate_hz)
    scale = 32767 * _ratio(-9.0) / peak
    return Pcm(
        rate_hz,
        array("h", (round(v * scale * min(1.0, (length - i) / fade)) for i, v in enumerate(values))),
    )


def _levels(sound: Pcm) -> tuple[int, list[float]]:
    """Block length in samples, and the root mean square of each block."""
    block = max(1, sound.rate_hz * _BLOCK_MS // 1000)
    samples = sound.samples
    levels = []
    for start in range(0, len(samples), block):
        part = samples[start : start + block]
        levels.append(math.sqrt(sum(s * s for s in part) / len(part)))
    return block, levels


def _faded(sound: Pcm) -> Pcm:
    """Two milliseconds in and out: a cut in the middle of a wave is heard as a click."""
    samples = array("h", sound.samples)
    fade = min(len(samples) // 2, sound.rate_hz * 2 // 1000)
    for i in range(fade):
        samples[i] = samples[i] * i // fade
        samples[-1 - i] = samples[-1 - i] * i // fade
    return Pcm(sound.rate_hz, samples)


def _ratio(decibels: float) -> float:
    return float(10 ** (decibels / 20))
