"""Makes a voice pack with the espeak-ng library, so that a branch has a voice before it has recordings (D2).

espeak-ng 1.52 as packed by `espeakng_loader`, voice `cmn`: checked against its own phonemes.  Debian's 1.51 reads
pinyin as English with the same name, so a system library is never used.
"""

from __future__ import annotations

import ctypes
import os
from array import array
from pathlib import Path
from typing import Any

import espeakng_loader
import yaml

from display.voice import pcm
from display.voice.pack import MANIFEST
from display.voice.pcm import Pcm
from display.voice.phrase import DIGITS_ZH, LETTERS

_SYNCHRONOUS = 2
_RATE, _PITCH = 1, 3
_UTF8 = 1
# Slower than espeak-ng's 175 words a minute: a hall echoes.
_WORDS_PER_MINUTE = 150

# What 请 号 到 … must come out as in espeak-ng's phonemes; a library that reads pinyin letters fails here.
_PROOF = {"请": "tɕhˈi2ŋ", "号": "χˈɑu5", "窗口": "ts.hwɑ5ŋkhˈou2"}


class NoVoice(Exception):
    """The speech library is missing or does not speak the language."""


class Synthesiser:
    """espeak-ng through ctypes.  The library is one per process and not for threads."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        try:
            self._library: Any = ctypes.CDLL(os.fspath(espeakng_loader.get_library_path()))
        except OSError as problem:
            raise NoVoice(f"the espeak-ng library does not load: {problem}") from problem
        data = os.fspath(espeakng_loader.get_data_path()).encode()
        self.rate_hz: int = self._library.espeak_Initialize(_SYNCHRONOUS, 0, data, 0)
        if self.rate_hz <= 0:
            raise NoVoice("espeak-ng does not find its data")
        kind = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p)
        # Kept on the object: the library calls it as long as it lives.
        self._callback = kind(self._take)
        self._library.espeak_SetSynthCallback(self._callback)
        self._library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        self._library.espeak_SetParameter(_RATE, _WORDS_PER_MINUTE, 0)

    def _take(self, samples: int | None, count: int, _events: object) -> int:
        if samples and count > 0:
            self._parts.append(ctypes.string_at(samples, 2 * count))
        return 0

    @property
    def version(self) -> str:
        """Of the library, such as 1.52.0."""
        self._library.espeak_Info.restype = ctypes.c_char_p
        return bytes(self._library.espeak_Info(None)).decode().split()[0]

    def use(self, voice: str) -> None:
        """Speak with this voice from now on; raises NoVoice."""
        if self._library.espeak_SetVoiceByName(voice.encode()) != 0:
            raise NoVoice(f"espeak-ng has no voice {voice}")

    def say(self, text: str) -> Pcm:
        """The sound of `text`, trimmed and at the common loudness."""
        self._parts.clear()
        data = text.encode() + b"\0"
        if self._library.espeak_Synth(data, len(data), 0, 0, 0, _UTF8, None, None) != 0:
            raise NoVoice(f"espeak-ng cannot say {text}")
        self._library.espeak_Synchronize()
        raw = array("h", b"".join(self._parts))
        return pcm.normalise(pcm.trim(Pcm(self.rate_hz, raw)))

    def phonemes(self, text: str) -> str:
        """How the library reads `text`, in its IPA-like notation."""
        pointer = ctypes.c_char_p(text.encode())
        answer = self._library.espeak_TextToPhonemes(ctypes.byref(pointer), _UTF8, 0x02)
        return bytes(answer).decode()


def words() -> dict[str, tuple[str, str, str]]:
    """Clip id → (voice, what the synthesiser is told to say, file name)."""
    spoken: dict[str, tuple[str, str, str]] = {}
    names = {
        "请": "qing",
        "号": "hao",
        "到": "dao",
        "窗口": "chuangkou",
        "再次呼叫": "zaicihujiao",
        "幺": "yao",
        "十": "10",
    }
    names |= {digit: str(value) for value, digit in enumerate(DIGITS_ZH)}
    for word, name in names.items():
        spoken[f"zh/{word}"] = ("cmn", word, f"zh/{name}.wav")
    for letter in LETTERS:
        # The letters of a ticket are said the English way in Chinese halls; `cmn` swallows half of them.
        spoken[f"zh/{letter}"] = ("en-us", letter, f"zh/{letter.lower()}.wav")
        spoken[f"en/{letter}"] = ("en-us", letter, f"en/{letter.lower()}.wav")
    english = {"number": "number", "go_to_counter": "please go to counter", "calling_again": "calling again"}
    english |= {str(n): str(n) for n in (*range(20), *range(20, 100, 10))}
    for word, text in english.items():
        spoken[f"en/{word}"] = ("en-us", text, f"en/{word}.wav")
    return spoken


def make_voice(folder: Path) -> int:
    """Write a complete pack into `folder`; the number of clips.  Raises NoVoice, OSError.

    The manifest is written last, so that a pack cut off half way is not taken for a whole one.
    """
    synthesiser = Synthesiser()
    synthesiser.use("cmn")
    for text, expected in _PROOF.items():
        if (heard := synthesiser.phonemes(text)) != expected:
            raise NoVoice(f"espeak-ng reads {text} as {heard}, not {expected}")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / MANIFEST).unlink(missing_ok=True)
    clips: dict[str, str] = {}
    for clip, (voice, text, name) in sorted(words().items(), key=lambda item: item[1][0]):
        synthesiser.use(voice)
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(pcm.write_wav(synthesiser.say(text)))
        clips[clip] = name
    (folder / "chime.wav").write_bytes(pcm.write_wav(pcm.chime(synthesiser.rate_hz)))
    manifest = {
        "name": "espeak-ng",
        "version": synthesiser.version,
        "rate_hz": synthesiser.rate_hz,
        "chime": "chime.wav",
        "clips": clips,
    }
    (folder / MANIFEST).write_text(yaml.safe_dump(manifest, allow_unicode=True, sort_keys=False), "utf-8")
    return len(clips)
