"""Which press is new: sequences on Modbus, time and verdicts on FF 68; and which device is there at all."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from queue_server.pads.condition import Condition
from queue_server.pads.heard import Seen
from queue_server.pads.link import Latch, Repeats
from queue_server.pads.presence import FIRST_PROBE_S, LONGEST_PROBE_S, MISSES, SILENT_S, Presence


def test_a_latched_press_is_new_once_pending_until_settled_and_acknowledged_again_as_long_as_it_shows() -> (
    None
):
    latch = Latch()
    latch.acknowledge(6)
    assert [latch.look(6), latch.look(7), latch.look(7)] == ["nothing", "new", "pending"]
    latch.settle(7)
    assert latch.look(7) == "settled"
    latch.acknowledge(7)
    assert latch.look(7) == "nothing"


def test_a_pad_that_was_never_pressed_shows_nothing() -> None:
    latch = Latch()
    latch.acknowledge(0)
    assert latch.look(0) == "nothing"


def test_a_sequence_out_of_order_is_believed_when_it_is_still_there_after_asking_what_is_acknowledged() -> (
    None
):
    latch = Latch()
    latch.acknowledge(6)
    assert latch.look(300) == "strange"
    latch.acknowledge(299)
    assert latch.look(300) == "new"
    assert latch.look(9000) == "strange"
    latch.acknowledge(9000)
    assert latch.look(9000) == "nothing"


def test_two_pads_on_one_address_answering_in_turn_make_no_press() -> None:
    latch = Latch()
    latch.acknowledge(5)
    looks = set()
    for sequence in (5, 300, 5, 300, 5, 300):
        looks.add(latch.look(sequence))
        # Whichever of the two answers next tells what it holds itself.
        latch.acknowledge(5 if sequence == 300 else 300)
    assert "new" not in looks


def test_a_pad_that_comes_back_without_its_memory_counts_anew() -> None:
    latch = Latch()
    latch.acknowledge(0)
    for sequence in (1, 2, 3):
        assert latch.look(sequence) == "new"
        latch.settle(sequence)
        latch.acknowledge(sequence)
    latch.forget(was_away=True)
    latch.acknowledge(3)
    assert latch.look(3) == "nothing"
    latch.forget(was_away=True)
    latch.acknowledge(0)
    assert latch.look(1) == "new"


def test_a_press_before_the_device_was_away_is_not_told_again_after() -> None:
    latch = Latch()
    latch.acknowledge(1)
    latch.look(2)
    latch.forget()
    latch.acknowledge(1)
    assert latch.look(2) == "pending"
    latch.settle(2)
    latch.forget()
    assert latch.acknowledged is None
    assert latch.look(2) == "settled"


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=400))
def test_every_press_is_new_exactly_once_whatever_is_lost(losses: list[tuple[bool, bool]]) -> None:
    """The device side as the map says it: a press stays until its own sequence is written."""
    latch, sequence, acknowledged, new = Latch(), 65530, 65529, []
    latch.acknowledge(65529)
    for is_answer_lost, is_write_lost in losses:
        if is_answer_lost:
            continue
        look = latch.look(sequence)
        if look == "new":
            new.append(sequence)
            latch.settle(sequence)
        if latch.look(sequence) == "settled" and not is_write_lost:
            acknowledged = sequence
            latch.acknowledge(sequence)
            sequence = sequence % 65535 + 1
    assert acknowledged == (new[-1] if new and latch.look(new[-1]) == "nothing" else acknowledged)
    assert len(new) == len(set(new))
    assert all(after == before % 65535 + 1 for before, after in pairwise(new))


def test_the_same_key_again_within_its_time_is_the_same_press() -> None:
    repeats = Repeats(0.6, 8)
    assert repeats.is_new(12, "", 0.0)
    repeats.settle(12, "")
    assert not repeats.is_new(12, "", 0.15)
    assert not repeats.is_new(12, "", 0.74)
    assert repeats.is_new(12, "", 1.4)


def test_the_same_key_is_the_same_press_for_as_long_as_nobody_has_judged_it() -> None:
    repeats = Repeats(0.6, 8)
    assert repeats.is_new(12, "", 0.0)
    assert not repeats.is_new(12, "", 5.0)
    repeats.settle(12, "")
    assert repeats.is_new(12, "", 6.0)


def test_another_key_or_argument_is_another_press() -> None:
    repeats = Repeats(0.6, 8)
    assert repeats.is_new(19, "3", 0.0)
    assert repeats.is_new(19, "4", 0.1)
    assert repeats.is_new(12, "", 0.2)


def test_a_key_held_down_is_one_press_whatever_is_pressed_beside_it_and_though_frames_are_lost() -> None:
    repeats = Repeats(0.6, 3.0)
    assert repeats.is_new(0x0C, "", 0.0)
    repeats.settle(0x0C, "")
    for at in (0.2, 0.4, 0.6, 0.8, 1.0):
        assert not repeats.is_new(0x0C, "", at)
    assert repeats.is_new(0x0D, "", 1.1)
    repeats.settle(0x0D, "")
    assert not repeats.is_new(0x0C, "", 1.2)
    assert not repeats.is_new(0x0C, "", 2.1)
    assert repeats.is_new(0x0C, "", 4.0)


def test_a_key_that_never_lets_go_is_one_press_and_then_stuck_until_it_does() -> None:
    repeats = Repeats(0.6, 8)
    new, stuck = [], []
    for tick in range(200):
        now = tick * 0.1
        if now < 15:
            if repeats.is_new(12, "", now):
                new.append(now)
            repeats.settle(12, "")
        stuck.append(repeats.stuck(now) is not None)
    assert new == [0.0]
    assert [stuck[70], stuck[85], stuck[149], stuck[160]] == [False, True, True, False]


def test_a_silent_device_is_gone_after_a_while_and_asked_less_and_less() -> None:
    presence, now, asked = Presence(), 0.0, []
    presence.answered(now)
    while now < 60:
        now = max(now + 0.1, presence.asked_again_at)
        news = presence.missed(now)
        asked.append((round(now, 1), news))
    gone_at = next(at for at, news in asked if news)
    assert SILENT_S <= gone_at <= 5.0
    assert sum(news for _, news in asked) == 1
    later = [at for at, _ in asked if at > gone_at]
    gaps = [round(b - a, 3) for a, b in pairwise(later)]
    assert round(later[0] - gone_at, 3) >= FIRST_PROBE_S
    assert gaps == sorted(gaps)
    assert max(gaps) <= LONGEST_PROBE_S + 0.1


def test_a_device_that_answers_again_is_news_once() -> None:
    presence = Presence()
    assert presence.answered(0.0)
    assert not presence.answered(1.0)
    for miss in range(MISSES + 8):
        presence.missed(2.0 + miss)
    assert presence.is_offline
    assert presence.answered(30.0)
    assert not presence.is_offline


def test_noise_alone_takes_a_device_away_later_than_silence() -> None:
    presence = Presence()
    presence.answered(0.0)
    for miss in range(40):
        presence.missed(miss / 10, is_silent=False)
    assert not presence.is_offline


def test_a_condition_is_told_when_it_changes_with_the_worst_fault_first() -> None:
    condition = Condition("pad_1")
    condition.firmware = "1.3"
    assert condition.seen() == [Seen("pad_1", "online", firmware="1.3")]
    assert condition.seen() == []
    condition.mark("low_voltage", True, "its supply is low")
    condition.mark("stuck_key", True, "a key is stuck")
    assert condition.seen() == [
        Seen("pad_1", "fault", "stuck_key", "a key is stuck; its supply is low", firmware="1.3")
    ]
    condition.mark("stuck_key", False)
    condition.mark("no_answer", True, "it does not answer")
    [seen] = condition.seen()
    assert (seen.state, seen.fault) == ("offline", "no_answer")
