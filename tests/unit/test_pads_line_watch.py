"""What answers say about the wire: two devices on one address, everybody at another speed, and mere noise."""

from __future__ import annotations

from random import Random

from queue_server.pads.exchange import Outcome
from queue_server.pads.watch import WINDOW, AddressWatch, SpeedWatch

SHORT, LONG = 13, 27


def watched(outcomes: list[tuple[Outcome, int]]) -> AddressWatch:
    """An address with these outcomes, each with the size of its answer."""
    watch = AddressWatch()
    for outcome, size in outcomes:
        watch.saw(outcome, 1 if outcome == "answered" else 0, size)
    return watch


GOOD = watched([("answered", SHORT)] * WINDOW)


def test_an_address_that_answers_is_one_device() -> None:
    assert GOOD.verdict([GOOD, GOOD]) == ""


def test_answers_garbled_where_others_are_not_are_two_devices() -> None:
    watch = watched([("collided", SHORT), ("garbled", SHORT)] * 12)
    assert "garbled" in watch.verdict([GOOD, GOOD])


def test_an_answer_garbled_only_where_the_two_differ_gives_them_away() -> None:
    watch = watched([("answered", SHORT), ("collided", LONG)] * 12)
    both = watched([("answered", SHORT), ("answered", LONG)] * 12)
    assert "garbled" in watch.verdict([both, both])


def test_two_answers_to_one_question_are_two_devices() -> None:
    watch = watched([("answered", SHORT)] * 4)
    watch.saw("answered", 2, SHORT)
    assert watch.verdict([GOOD]) == ""
    watch.saw("answered", 2, SHORT)
    assert "two answers" in watch.verdict([GOOD])


def test_a_late_answer_beside_the_right_one_is_no_second_device() -> None:
    watch = watched([("answered", SHORT)] * 4)
    for _ in range(5):
        watch.saw("silent", 0, SHORT)
        watch.saw("answered", 2, SHORT)
    assert watch.verdict([GOOD]) == ""


def test_when_the_second_device_is_gone_so_is_the_suspicion() -> None:
    watch = watched([("collided", SHORT)] * WINDOW)
    assert watch.verdict([GOOD])
    for _ in range(WINDOW):
        watch.saw("answered", 1, SHORT)
    assert watch.verdict([GOOD]) == ""


def test_noise_that_hits_everybody_is_no_second_device() -> None:
    chance = Random(7)
    watches = [AddressWatch() for _ in range(20)]
    for _ in range(2000):
        for watch in watches:
            outcome: Outcome = "collided" if chance.random() < 0.3 else "answered"
            watch.saw(outcome, int(outcome == "answered"), SHORT)
            assert watch.verdict([other for other in watches if other is not watch]) == ""


def test_a_single_device_with_garbled_answers_is_no_proof() -> None:
    assert watched([("collided", SHORT)] * WINDOW).verdict([]) == ""


def test_a_line_where_one_device_answers_is_at_the_right_speed() -> None:
    speed = SpeedWatch()
    for turn in range(40):
        speed.saw("answered" if turn % 10 == 0 else "garbled", f"pad_{turn % 10}")
    assert speed.is_sound
    assert not speed.is_garbage


def test_one_garbled_device_asked_again_and_again_says_nothing_about_the_line() -> None:
    speed = SpeedWatch()
    for device in range(8):
        speed.saw("answered", f"pad_{device}")
    for _ in range(10):
        speed.saw("garbled", "pad_9")
    assert not speed.is_garbage
    assert speed.is_sound


def test_garbage_from_everybody_and_not_one_answer_is_a_wrong_speed() -> None:
    speed = SpeedWatch()
    for turn in range(12):
        assert not speed.is_garbage
        speed.saw("garbled", f"pad_{turn}")
    assert speed.is_garbage
    speed.saw("answered")
    assert not speed.is_garbage


def test_pads_that_speak_unasked_at_a_wrong_speed_are_garbage_among_silence() -> None:
    speed = SpeedWatch()
    for turn in range(12):
        speed.saw("silent", f"pad_{turn}")
    assert speed.is_silent
    assert not speed.is_garbage
    speed.strayed(9)
    assert speed.is_garbage
