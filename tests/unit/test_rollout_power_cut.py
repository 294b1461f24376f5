"""Power goes at every single step of `apply` and `restore`: each device then runs old or new, and `verify` says which (F3).

Every step of the disk and every frame to a pad is cut once, with each of the things a file system and a pad may have
kept.  Then the same command is given again, and the hall is where it should be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from firmware_config.rollout.standing import State
from tests.rollout_disk import PowerCut
from tests.rollout_hall import Hall, changed

# One of each kind is enough: the steps of a second kiosk are the steps of the first.
DEVICES = ("kiosk_1", "pad_1", "pad_2", "evaluator_1")

AFTERMATHS = [(True, True, False), (True, False, True), (False, True, True), (False, False, False)]
"""Names kept, data kept, pads without power too: every pair of these meets."""


def cuts(hall: Callable[[], Hall], work: Callable[[Hall], object]) -> Iterator[tuple[int, Hall]]:
    """A hall after a cut at the first step of `work`, at the second, and so on to the last."""
    ready = hall()
    whole = ready.copy()
    whole.power.steps = 0
    work(whole)
    for step in range(whole.power.steps):
        cut = ready.copy()
        cut.power.left = step
        with pytest.raises(PowerCut):
            work(cut)
        yield step, cut


def applied() -> Hall:
    """A hall that runs the small branch."""
    hall = Hall()
    hall.devices = DEVICES
    hall.apply()
    return hall


def applied_and_changed() -> Hall:
    """A hall that runs the small branch, whose file was changed since."""
    hall = applied()
    hall.branch = changed(hall.branch)
    return hall


def applied_twice() -> Hall:
    """A hall that runs a changed branch and ran the small one before."""
    hall = applied_and_changed()
    hall.apply()
    return hall


@pytest.mark.parametrize("aftermath", AFTERMATHS)
def test_after_a_cut_in_apply_each_device_runs_old_or_new_and_verify_says_which(
    aftermath: tuple[bool, bool, bool],
) -> None:
    old = applied().runs()
    new = applied_twice().runs()
    seen = set()
    for step, hall in cuts(applied_and_changed, Hall.apply):
        hall.start_again(*aftermath)
        runs, states = hall.runs(), hall.states()
        for device, checksum in runs.items():
            assert checksum in (old[device], new[device]), f"{device} runs neither after step {step}"
            expected = State.NEW if checksum == new[device] else State.OLD
            assert states[device] is expected, f"{device} after step {step}"
            seen.add((device, expected))
    assert seen == {(device, state) for device in old for state in (State.OLD, State.NEW)}


@pytest.mark.parametrize("aftermath", AFTERMATHS)
def test_apply_again_after_a_cut_ends_where_it_would_have_and_can_still_be_taken_back(
    aftermath: tuple[bool, bool, bool],
) -> None:
    old, new = applied().runs(), applied_twice().runs()
    for step, hall in cuts(applied_and_changed, Hall.apply):
        hall.start_again(*aftermath)
        hall.apply()
        assert hall.runs() == new, f"after step {step}"
        hall.restore()
        assert hall.runs() == old, f"restored after step {step}"
        assert {hall.states()[device] for device in old} == {State.PREVIOUS}


@pytest.mark.parametrize("aftermath", AFTERMATHS)
def test_restore_after_a_cut_in_apply_undoes_it(aftermath: tuple[bool, bool, bool]) -> None:
    old = applied().runs()
    for step, hall in cuts(applied_and_changed, Hall.apply):
        hall.start_again(*aftermath)
        if hall.runs() == old and not hall.ledger.pending("apply"):
            continue  # it had not begun: then a restore means what it always means
        hall.restore()
        assert hall.runs() == old, f"after step {step}"


@pytest.mark.parametrize("aftermath", AFTERMATHS)
def test_restore_again_after_a_cut_goes_on_and_swaps_nobody_back(aftermath: tuple[bool, bool, bool]) -> None:
    old, new = applied().runs(), applied_twice().runs()
    for step, hall in cuts(applied_twice, Hall.restore):
        hall.start_again(*aftermath)
        runs, states = hall.runs(), hall.states()
        for device, checksum in runs.items():
            assert checksum in (old[device], new[device]), f"{device} runs neither after step {step}"
            assert (states[device] is State.NEW) == (checksum == new[device])
            assert states[device] in (State.NEW, State.OLD, State.PREVIOUS)
        if not hall.ledger.pending("restore") and runs == old:
            continue  # cut behind the last word of the ledger
        hall.restore()
        assert hall.runs() == old, f"after step {step}"


def test_the_very_first_apply_can_be_cut_anywhere_too() -> None:
    def untouched() -> Hall:
        hall = Hall()
        hall.devices = DEVICES
        return hall

    new = applied().runs()
    factory = untouched().runs()
    for step, hall in cuts(untouched, Hall.apply):
        hall.start_again(keeps_names=False, keeps_data=False, pads_lost_power=True)
        for device, checksum in hall.runs().items():
            assert checksum in (factory[device], new[device]), f"{device} after step {step}"
        hall.apply()
        assert hall.runs() == new


def test_no_step_leaves_a_secret_where_others_can_read_it() -> None:
    for _, hall in cuts(applied_and_changed, Hall.apply):
        for path, file in hall.disk.names.items():
            if b"example-" in file.data:
                assert file.mode == 0o600, path
