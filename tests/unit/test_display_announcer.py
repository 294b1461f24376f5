"""One voice: in order, never over itself, never silently silent (D2, D3)."""

from __future__ import annotations

import threading
from array import array
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from display.announcer import WAITING_LIMIT, Announcer, Manner, compose
from display.voice.pack import VoicePack, chime_only
from display.voice.pcm import Pcm
from display.voice.phrase import OPTIONAL, REQUIRED, Reading, phrase
from queue_server.wire.display import Announcement
from tests.unit.test_display_board import call
from tests.waiting import until

NOW = datetime(2025, 11, 24, 2, 0, tzinfo=UTC)


def blip(length: int) -> Pcm:
    return Pcm(22050, array("h", [length % 1000 + 1] * length))


@pytest.fixture
def pack() -> VoicePack:
    clips = (*REQUIRED["zh"], *OPTIONAL["zh"], *REQUIRED["en"], *OPTIONAL["en"])
    return VoicePack("blips", blip(20), {clip: blip(10 + i) for i, clip in enumerate(clips)})


def announcement(position: int, number: str = "A001", counter: str = "1", kind: str = "call") -> Announcement:
    return Announcement.model_validate(call(position, number, counter, kind) | {"languages": ("zh",)})


class FakePlayer:
    """A sound device whose sounds end when the test says so (or at once)."""

    latency_s = 0.0

    def __init__(self, ends_at_once: bool = True) -> None:
        self.ends_at_once = ends_at_once
        self.played: list[bytes] = []
        self.overlaps = 0
        self._busy = threading.Event()

    def start(self, samples: bytes) -> None:
        self.overlaps += self._busy.is_set()
        self.played.append(samples)
        if not self.ends_at_once:
            self._busy.set()

    def end(self) -> None:
        self._busy.clear()

    @property
    def is_playing(self) -> bool:
        return self._busy.is_set()

    def stop(self) -> None:
        self._busy.clear()


class Hall:
    """Listens to an announcer."""

    def __init__(self, pack: VoicePack, player: FakePlayer | None, manner: Manner | None = None) -> None:
        self.player = player
        self.started: list[int] = []
        self.spoken: list[int] = []
        self.left_out: list[int] = []
        self.announcer = Announcer(pack, lambda: self.player, lambda: NOW, manner)
        self.announcer.on_started = lambda a, utterance: self.started.append(a.announcement_id)
        self.announcer.on_spoken = lambda a, at: self.spoken.append(a.announcement_id)
        self.announcer.on_left_out = lambda a: self.left_out.append(a.announcement_id)
        self.sounds: list[str | None] = []
        self.announcer.on_sound = self.sounds.append
        self.announcer.start()


@pytest.fixture
def halls() -> Iterator[list[Hall]]:
    made: list[Hall] = []
    yield made
    for hall in made:
        hall.announcer.close()


def test_06_two_calls_at_once_are_spoken_one_after_the_other(pack: VoicePack, halls: list[Hall]) -> None:
    player = FakePlayer(ends_at_once=False)
    hall = Hall(pack, player)
    halls.append(hall)
    hall.announcer.say([announcement(1, "A001"), announcement(2, "A002")])
    until(lambda: len(player.played) == 1, 10, "the first sound")
    assert hall.spoken == [], "it has not ended yet"
    assert hall.announcer.waiting == 1
    player.end()
    until(lambda: len(player.played) == 2, 10, "the second sound")
    assert hall.spoken == [1]
    player.end()
    until(lambda: hall.spoken == [1, 2], 10, "both ended")
    assert player.overlaps == 0


def test_without_a_sound_device_the_queue_goes_on_and_nothing_is_reported_as_spoken(
    pack: VoicePack, halls: list[Hall]
) -> None:
    hall = Hall(pack, None)
    halls.append(hall)
    hall.announcer.say([announcement(1)])
    until(lambda: hall.started == [1], 10, "the first")
    hall.player = FakePlayer()
    hall.announcer.say([announcement(2)])
    until(lambda: hall.spoken == [2], 10, "the second, after a loudspeaker was plugged in")


def test_a_device_that_breaks_costs_one_announcement_and_not_the_voice(
    pack: VoicePack, halls: list[Hall]
) -> None:
    class Breaking(FakePlayer):
        def start(self, samples: bytes) -> None:
            raise OSError("gone")

    hall = Hall(pack, Breaking())
    halls.append(hall)
    hall.announcer.say([announcement(1)])
    until(lambda: hall.started == [1], 10, "the first try")
    hall.player = FakePlayer()
    hall.announcer.say([announcement(2)])
    until(lambda: hall.spoken == [2], 10, "the second")


def test_when_too_many_wait_the_oldest_is_left_out_and_that_is_told(
    pack: VoicePack, halls: list[Hall]
) -> None:
    player = FakePlayer(ends_at_once=False)
    hall = Hall(pack, player)
    halls.append(hall)
    hall.announcer.say([announcement(0)])
    until(lambda: player.played, 10, "the first sound")
    hall.announcer.say([announcement(i) for i in range(1, WAITING_LIMIT + 3)])
    assert hall.announcer.waiting == WAITING_LIMIT
    assert hall.left_out == [1, 2]


def test_an_announcement_is_said_as_the_branch_asks_unless_the_display_is_told_otherwise(
    pack: VoicePack,
) -> None:
    asked = Announcement.model_validate(call(1, "A1", "12") | {"languages": ("zh", "en"), "times": 2})
    assert compose(pack, asked, Manner()).clips == tuple(phrase("A1", "12", ["zh", "en"], 2))
    manner = Manner(("en",), 1, Reading(counter="digits"))
    expected = phrase("A1", "12", ["en"], reading=Reading(counter="digits"))
    assert compose(pack, asked, manner).clips == tuple(expected)


def test_a_recall_is_announced_as_one(pack: VoicePack) -> None:
    assert compose(pack, announcement(1, kind="recall"), Manner()).clips[0] == "zh/再次呼叫"


def test_a_number_with_strange_characters_is_said_as_far_as_there_are_words(pack: VoicePack) -> None:
    assert compose(pack, announcement(1, "贵-7", "？"), Manner()).clips == tuple(phrase("7", ""))


def test_a_pack_without_words_gives_the_chime() -> None:
    pack = chime_only()
    assert compose(pack, announcement(1), Manner()).sound.samples == pack.chime.samples


def test_a_missing_a_stopped_and_a_mended_loudspeaker_are_each_told_once(
    pack: VoicePack, halls: list[Hall]
) -> None:
    hall = Hall(pack, None)
    halls.append(hall)
    hall.announcer.say([announcement(1), announcement(2)])
    until(lambda: hall.started == [1, 2], 10, "two announcements nobody heard")
    assert hall.sounds == ["no_sound_device"]
    stuck = hall.player = FakePlayer(ends_at_once=False)
    hall.announcer.say([announcement(3)])
    until(
        lambda: hall.sounds == ["no_sound_device", None, "sound_stopped"], 10, "the one that came to no end"
    )
    # It opens without a complaint, as before, and is believed only when a sound was heard to its end.
    stuck.ends_at_once = True
    hall.announcer.say([announcement(4)])
    until(lambda: hall.spoken == [4], 10, "the first that was heard")
    assert hall.sounds == ["no_sound_device", None, "sound_stopped", None]
