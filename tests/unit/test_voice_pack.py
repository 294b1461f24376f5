"""Clips are trimmed, equally loud and complete; a pack that is not is refused with every problem named."""

from __future__ import annotations

import math
import re
import shutil
from array import array
from pathlib import Path

import pytest
import yaml

from display.voice import pack as packs
from display.voice import pcm
from display.voice.make import Synthesiser, make_voice, words
from display.voice.pack import AFTER_CHIME_MS, VoicePackBroken
from display.voice.pcm import NotThisSound, Pcm
from display.voice.phrase import OPTIONAL, REQUIRED, gaps_ms, phrase


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("voice")
    make_voice(folder)
    return folder


def tone(seconds: float, level: float, rate_hz: int = 22050) -> list[int]:
    return [round(32767 * level * math.sin(i * 0.12)) for i in range(int(seconds * rate_hz))]


def rms(sound: Pcm) -> float:
    return math.sqrt(sum(s * s for s in sound.samples) / len(sound.samples))


def test_silence_around_a_word_is_cut_and_the_word_is_not() -> None:
    quiet = [0] * 11025
    sound = pcm.trim(Pcm(22050, array("h", quiet + tone(0.3, 0.5) + quiet)))
    assert 0.3 <= sound.duration_s < 0.35
    assert pcm.trim(Pcm(22050, array("h", quiet))).samples == array("h")


def test_a_loud_and_a_soft_recording_come_out_equally_loud_and_unclipped() -> None:
    loud, soft = (pcm.normalise(Pcm(22050, array("h", tone(0.3, level)))) for level in (0.9, 0.02))
    assert rms(loud) == pytest.approx(rms(soft), rel=0.02)
    assert max(map(abs, loud.samples)) < 32767


def test_the_chime_strikes_twice_and_dies_away() -> None:
    sound = pcm.chime(22050)
    tenth = [rms(Pcm(22050, sound.samples[i : i + 2205])) for i in range(0, len(sound.samples) - 2204, 2205)]
    assert tenth[4] > 1.5 * tenth[3], "the second note"
    assert tenth[-1] < 0.1 * tenth[0]
    assert sound.samples[-1] == 0


def test_a_wav_file_comes_back_as_it_was_and_any_other_file_is_refused() -> None:
    sound = Pcm(44100, array("h", tone(0.1, 0.4)))
    assert pcm.read_wav(pcm.write_wav(sound)) == sound
    for data in (b"", b"RIFF", b"MP3 or what not" * 9, pcm.write_wav(Pcm(8000, array("h", [1, 2])))):
        with pytest.raises(NotThisSound):
            pcm.read_wav(data)


def test_the_made_pack_has_every_word_there_is_and_all_are_equally_loud(folder: Path) -> None:
    pack = packs.load(folder, ["zh", "en"])
    assert pack.lacking == ()
    everything = {clip for texts in (REQUIRED, OPTIONAL) for clips in texts.values() for clip in clips}
    assert set(pack.clips) == everything == set(words())
    for clip, sound in pack.clips.items():
        assert 0.15 < sound.duration_s < 1.6, clip
        assert 600 < rms(sound) < 6000, clip


def test_the_synthesiser_reads_chinese_as_chinese_in_the_right_tones() -> None:
    synthesiser = Synthesiser()
    synthesiser.use("cmn")
    # 5 = high level or falling, 2 = dipping, ɜ after a vowel = rising, in espeak-ng's notation.
    read = {text: synthesiser.phonemes(text) for text in ("请", "号", "窗口", "九", "十")}
    assert read == {"请": "tɕhˈi2ŋ", "号": "χˈɑu5", "窗口": "ts.hwɑ5ŋkhˈou2", "九": "tɕˈiou2", "十": "s.ˈi.ɜ"}


def test_an_utterance_is_chime_then_clips_with_their_gaps_to_the_sample(folder: Path) -> None:
    pack = packs.load(folder, ["zh"])
    clips = phrase("A0012", "3")
    utterance = pack.utter(clips)
    samples = utterance.sound.samples
    assert samples[: len(pack.chime.samples)] == pack.chime.samples
    expected = len(pack.chime.samples) + 22050 * AFTER_CHIME_MS // 1000
    for clip, gap in zip(clips, gaps_ms(clips), strict=True):
        word = pack.clips[clip].samples
        assert samples[expected : expected + len(word)] == word, clip
        expected += len(word) + 22050 * gap // 1000
    assert len(samples) == expected


def test_every_problem_of_a_pack_is_told_at_once(folder: Path, tmp_path: Path) -> None:
    manifest = yaml.safe_load((folder / "manifest.yaml").read_text("utf-8"))
    for clip, name in manifest["clips"].items():
        target = tmp_path / name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes((folder / name).read_bytes())
        assert clip
    (tmp_path / "chime.wav").write_bytes(b"not a sound")
    del manifest["clips"]["zh/号"]
    del manifest["clips"]["zh/幺"]
    (tmp_path / manifest["clips"]["zh/A"]).unlink()
    (tmp_path / manifest["clips"]["zh/B"]).write_bytes(pcm.write_wav(Pcm(44100, array("h", [1] * 99))))
    manifest["clips"]["zh/C"] = "../../etc/passwd"
    (tmp_path / "manifest.yaml").write_text(yaml.safe_dump(manifest, allow_unicode=True), "utf-8")
    with pytest.raises(VoicePackBroken) as caught:
        packs.load(tmp_path, ["zh"])
    told = "\n".join(caught.value.problems)
    assert "chime: chime.wav: not a WAV file" in told
    assert "zh/号 is missing from manifest.yaml" in told
    assert "zh/A: zh/a.wav: No such file" in told
    assert "zh/B: zh/b.wav has 44100 Hz, the pack 22050 Hz" in told
    assert "zh/C: ../../etc/passwd is outside the pack" in told
    assert "幺" not in told, "an optional word may be missing"
    assert len(caught.value.problems) == 5


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "top"),
        ("name: x\nrate_hz: 22050\nchime: c.wav\nclips: {}\nspeed: 2\n", "speed: Extra inputs"),
        ("name: [", "while parsing"),
        ("name: x\nrate_hz: 8000\nchime: c.wav\nclips: {}\n", "rate_hz is 8000"),
    ],
    ids=["empty", "unknown field", "not YAML", "wrong rate"],
)
def test_a_broken_manifest_is_refused_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    (tmp_path / "manifest.yaml").write_text(text, "utf-8")
    with pytest.raises(VoicePackBroken, match=told):
        packs.load(tmp_path, ["zh"])


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VoicePackBroken, match=r"manifest.yaml: No such file"):
        packs.load(tmp_path, ["zh"])


def test_a_pack_is_known_by_its_name_its_version_and_its_sounds(folder: Path, tmp_path: Path) -> None:
    made = packs.load(folder, ["zh", "en"])
    assert re.fullmatch(r"espeak-ng 1\.\d+\S*", made.title)
    copy = shutil.copytree(folder, tmp_path / "copy")
    assert packs.load(copy, ["zh", "en"]).checksum == made.checksum
    (copy / "zh" / "qing.wav").write_bytes((folder / "zh" / "hao.wav").read_bytes())
    assert packs.load(copy, ["zh", "en"]).checksum != made.checksum
    assert packs.load(folder, ["zh"]).checksum != made.checksum
