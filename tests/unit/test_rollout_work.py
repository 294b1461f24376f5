"""Apply, verify and restore where devices fail, somebody edits files, and branch files change again and again (F2, F3)."""

from __future__ import annotations

from firmware_config.rollout.standing import State, standings
from firmware_config.rollout.target import Effect
from firmware_config.rollout.work import Outcome, Result
from tests.rollout_hall import FOLDER, Hall, changed, small

CONFIGURABLE = (
    "queue-server",
    "printer_1",
    "kiosk_1",
    "kiosk_1.ticket",
    "kiosk_2",
    "kiosk_2.ticket",
    "display_1",
    "line_1",
    "branch-file",
    "pad_1",
    "window_1",
    "evaluator_1",
)


def results(outcomes: tuple[Outcome, ...] | list[Outcome]) -> dict[str, Result]:
    return {outcome.device: outcome.result for outcome in outcomes}


def test_a_new_hall_has_nothing_and_then_everything() -> None:
    hall = Hall()
    states = hall.states()
    assert {name for name, state in states.items() if state is State.ABSENT} == set(CONFIGURABLE[:9])
    assert states["pad_1"] is State.UNKNOWN  # it runs what it left the factory with
    assert set(results(list(hall.apply())).values()) == {Result.WRITTEN, Result.NOT_CONFIGURABLE}
    assert {hall.states()[name] for name in CONFIGURABLE} == {State.NEW}


def test_an_ff_68_pad_holds_no_configuration_and_everybody_says_so() -> None:
    hall = Hall()
    assert hall.states()["pad_2"] is State.NOT_CONFIGURABLE
    assert results(list(hall.apply()))["pad_2"] is Result.NOT_CONFIGURABLE
    assert "pad_2" not in hall.field.pads


def test_applying_the_same_again_writes_nothing() -> None:
    hall = Hall()
    hall.apply()
    writes, ledger = hall.field.writes, hall.disk.read(FOLDER / "rollout.json")
    assert set(results(list(hall.apply())).values()) == {Result.UNCHANGED, Result.NOT_CONFIGURABLE}
    assert (hall.field.writes, hall.disk.read(FOLDER / "rollout.json")) == (writes, ledger)


def test_a_changed_branch_file_makes_what_was_new_old() -> None:
    hall = Hall()
    hall.apply()
    hall.branch = changed(hall.branch)
    states = hall.states()
    assert states["pad_1"] is states["queue-server"] is states["kiosk_1"] is State.OLD
    assert states["printer_1"] is State.NEW


def test_a_file_changed_by_hand_is_unknown_kept_and_repaired() -> None:
    hall = Hall()
    hall.apply()
    path = FOLDER / "kiosk_1.env"
    edited = (hall.disk.read(path) or b"").replace(b"8081", b"9999")
    hall.disk.names[path].data[:] = edited
    assert hall.states()["kiosk_1"] is State.UNKNOWN
    assert results(list(hall.apply()))["kiosk_1"] is Result.WRITTEN
    assert hall.states()["kiosk_1"] is State.NEW
    assert hall.disk.read(FOLDER / "kiosk_1.env.previous") == edited


def test_a_pad_that_does_not_answer_keeps_nobody_else_waiting_and_is_caught_up_later() -> None:
    hall = Hall()
    hall.field.pad("pad_1").answers = False
    outcomes = results(list(hall.apply()))
    assert outcomes["pad_1"] is Result.NO_ANSWER
    assert outcomes["window_1"] is Result.WRITTEN
    assert hall.states()["pad_1"] is State.NO_ANSWER
    hall.field.pad("pad_1").answers = True
    assert results(list(hall.apply()))["pad_1"] is Result.WRITTEN


def test_a_pad_that_refuses_the_commit_runs_its_old_one_and_the_apply_stays_unfinished() -> None:
    hall = Hall()
    hall.apply()
    old = hall.runs()["pad_1"]
    hall.branch = changed(hall.branch)
    hall.field.pad("pad_1").takes = False
    assert results(list(hall.apply()))["pad_1"] is Result.NOT_TAKEN
    assert hall.runs()["pad_1"] == old
    assert hall.states()["pad_1"] is State.OLD
    assert list(hall.ledger.pending("apply")) == ["pad_1"]


def test_a_pad_half_written_and_never_committed_tells_what_it_runs() -> None:
    hall = Hall()
    hall.apply()
    pad = hall.field.pad("pad_1")
    pad.written[:40] = bytes(40)
    assert hall.states()["pad_1"] is State.NEW
    hall.branch = changed(hall.branch)
    hall.apply()
    assert hall.states()["pad_1"] is State.NEW
    hall.restore()
    # What it ran could not be read whole, and was known all the same.
    assert hall.states()["pad_1"] is State.PREVIOUS


def test_restore_takes_back_the_last_apply_and_not_the_one_before() -> None:
    hall = Hall()
    hall.apply()
    first = hall.runs()
    hall.branch = changed(small())
    hall.apply()
    second = hall.runs()
    assert first["kiosk_1"] != second["kiosk_1"]
    # Now one pad alone changes.
    pads = tuple(pad.model_copy(update={"brightness": 8}) for pad in hall.branch.devices.call_pads)
    devices = hall.branch.devices.model_copy(update={"call_pads": pads})
    hall.branch = hall.branch.model_copy(update={"devices": devices})
    hall.apply()
    assert set(results(list(hall.restore()))) == {"queue-server", "branch-file", "pad_1"}
    assert hall.runs() == second


def test_restore_twice_is_no_restore() -> None:
    hall = Hall()
    hall.apply()
    hall.branch = changed(hall.branch)
    hall.apply()
    new = hall.runs()
    hall.restore()
    assert hall.runs() != new
    hall.restore()
    assert hall.runs() == new
    assert hall.states()["kiosk_1"] is State.NEW


def test_a_restore_that_did_not_reach_a_pad_goes_on_with_that_pad_alone() -> None:
    hall = Hall()
    hall.apply()
    old = hall.runs()
    hall.branch = changed(hall.branch)
    hall.apply()
    pad = hall.field.pad("pad_1")
    pad.takes = False
    assert results(list(hall.restore()))["pad_1"] is Result.NOT_TAKEN
    pad.takes = True
    assert results(list(hall.restore())) == {"pad_1": Result.WRITTEN}
    assert hall.runs() == old


def test_an_apply_after_a_pad_failed_still_belongs_to_the_same_change() -> None:
    hall = Hall()
    hall.apply()
    old = hall.runs()
    hall.branch = changed(hall.branch)
    hall.field.pad("pad_1").takes = False
    hall.apply()
    hall.field.pad("pad_1").takes = True
    hall.apply()
    hall.restore()
    assert hall.runs() == old


def test_the_first_configuration_of_a_device_has_none_before_it() -> None:
    hall = Hall()
    hall.apply()
    outcomes = results(list(hall.restore()))
    assert outcomes["kiosk_1"] is Result.NOTHING_KEPT
    assert outcomes["pad_1"] is Result.WRITTEN  # it had left the factory with one


def test_a_plan_names_the_key_the_pad_and_what_it_takes() -> None:
    hall = Hall()
    hall.apply()
    hall.branch = changed(hall.branch)
    found = {one.device: one for one in standings(hall.targets, hall.ledger)}
    (change,) = found["pad_1"].changes
    assert (change.key, change.before, change.after) == ("brightness", "5", "3")
    assert found["pad_1"].effect is Effect.AT_ONCE
    assert found["kiosk_1"].effect is Effect.RESTART
    assert found["queue-server"].effect is Effect.RELOAD
    assert found["branch-file"].effect is Effect.FOLLOWS
    assert found["printer_1"].effect is None
