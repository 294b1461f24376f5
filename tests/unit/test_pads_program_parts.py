"""What a line's program shows when, how it judges its devices, and that a second one is refused (D4, F3, H1, H3)."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from firmware_config.load import load_branch_file
from firmware_config.running import PROGRAM_VERSION
from queue_server.pads.faces import Place, Refused
from queue_server.pads.health import Health, Standing
from queue_server.pads.heard import LineSeen, Pressed, Seen
from queue_server.pads.ownership import TakenAlready, own, require_free
from queue_server.pads.program import Program
from queue_server.pads.setup import LineSetup, NoSuchLine, Source, setup_of
from queue_server.pads.showing import CODE_SHOWN_S, LOST_AFTER_S, THANKS_SHOWN_S, Showing, Stand
from queue_server.pads.words import say_in
from tests.branch_server import VIRTUAL
from tests.unit.test_pads_faces import CALLED, view
from tests.waiting import until

STANDS = {
    "pad_1": Stand(Place("call_pad"), "1"),
    "window_1": Stand(Place("window_screen"), "1"),
    "evaluator_1": Stand(Place("evaluator"), "1"),
}
BUSY = Refused("20", "请先办结当前号")


@pytest.fixture
def showing() -> Showing:
    begun = Showing(STANDS, say_in("zh"), 0.0)
    begun.tell({"1": CALLED})
    return begun


@pytest.fixture(scope="module")
def setup() -> LineSetup:
    return setup_of(load_branch_file(VIRTUAL), Source(VIRTUAL, "line_1"))


# --- showing ----------------------------------------------------------------------------------------------------------


def test_a_start_shows_nothing_until_the_server_spoke_or_ought_to_have() -> None:
    begun = Showing(STANDS, say_in("zh"), 0.0)
    assert begun.faces(0.0) == {}
    assert begun.next_change_s(0.0) == LOST_AFTER_S
    assert begun.faces(LOST_AFTER_S)["window_1"].line1 == "系统暂时中断"
    assert begun.next_change_s(LOST_AFTER_S) is None


def test_a_refusal_stays_for_a_few_seconds_whatever_else_changes(showing: Showing) -> None:
    showing.refuse("pad_1", BUSY, 10.0)
    assert showing.next_change_s(10.0) == 10.0 + CODE_SHOWN_S
    showing.tell({"1": CALLED.model_copy(update={"waiting": 9})})
    assert showing.faces(11.0)["pad_1"].code == "20"
    assert showing.faces(11.0)["pad_1"].waiting == 9
    assert showing.faces(10.0 + CODE_SHOWN_S)["pad_1"].code == ""
    assert showing.next_change_s(10.0 + CODE_SHOWN_S) is None


def test_an_accepted_key_takes_the_last_refusal_away(showing: Showing) -> None:
    showing.refuse("pad_1", BUSY, 10.0)
    showing.accept("pad_1", 11.0)
    assert showing.faces(11.0)["pad_1"].code == ""


def test_a_rating_is_thanked_for_a_few_seconds(showing: Showing) -> None:
    showing.accept("evaluator_1", 10.0)
    assert showing.faces(10.0)["evaluator_1"].line1 == "谢谢您的评价"
    assert showing.faces(10.0 + THANKS_SHOWN_S)["evaluator_1"].line1 == ""


def test_a_lost_server_is_said_after_a_moment_and_its_return_at_once(showing: Showing) -> None:
    showing.lose(10.0)
    showing.lose(11.0)
    assert showing.faces(10.0 + LOST_AFTER_S / 2)["window_1"].line2 == "请到本窗口"
    assert showing.faces(10.0 + LOST_AFTER_S)["window_1"].line2 == "请听工作人员叫号"
    showing.refuse("pad_1", Refused("01", "无应答 请重按"), 20.0)
    assert showing.faces(20.0)["pad_1"].line2 == "01 无应答 请重按"
    showing.tell({"1": CALLED})
    assert showing.faces(20.1)["pad_1"].code == ""
    assert showing.faces(20.1)["window_1"].line2 == "请到本窗口"


def test_a_key_that_was_accepted_after_all_sounds_once(showing: Showing) -> None:
    showing.refuse("pad_1", BUSY, 10.0)
    showing.accept_late("pad_1", 11.0)
    assert (showing.faces(11.0)["pad_1"].beep, showing.faces(11.0)["pad_1"].beep) == ("accepted", "none")


def test_other_devices_of_another_branch_file_are_shown_from_now_on(showing: Showing) -> None:
    showing.install({"pad_9": Stand(Place("call_pad"), "2")})
    assert showing.faces(1.0).keys() == {"pad_9"}
    showing.tell({"2": view(counter="2", waiting=3)})
    assert showing.faces(1.0)["pad_9"].waiting == 3


# --- health -----------------------------------------------------------------------------------------------------------


def test_a_device_that_runs_something_else_is_reported_with_both_checksums(setup: LineSetup) -> None:
    health = Health(setup)
    expected = setup.expected_crcs["pad_1"]
    assert health.saw(Seen("pad_1", "online", firmware="1.3", config=expected.lower())) == [
        Standing("pad_1", "call_pad", "online", firmware="1.3", config=expected)
    ]
    (drifted,) = health.saw(Seen("pad_1", "online", firmware="1.3", config="beef"))
    assert (drifted.state, drifted.fault, drifted.config) == ("fault", "config_drift", "BEEF")
    assert drifted.detail == f"runs configuration BEEF, should run {expected}"
    (repaired,) = health.configured("pad_1", expected)
    assert (repaired.state, repaired.fault) == ("online", None)


def test_a_line_says_which_program_and_which_branch_file_it_runs(setup: LineSetup) -> None:
    (told,) = Health(setup).saw_line(LineSeen("online"))
    assert (told.device, told.firmware, told.config) == ("line_1", PROGRAM_VERSION, setup.version)


def test_a_worse_fault_goes_before_a_wrong_configuration(setup: LineSetup) -> None:
    (stuck,) = Health(setup).saw(Seen("pad_1", "fault", "stuck_key", "a key is stuck", config="beef"))
    assert stuck.fault == "stuck_key"


def test_a_device_without_a_configuration_never_drifts(setup: LineSetup) -> None:
    assert Health(setup).saw(Seen("pad_2", "online")) == [Standing("pad_2", "call_pad", "online")]


def test_another_branch_file_judges_every_device_anew(setup: LineSetup) -> None:
    health = Health(setup)
    health.saw(Seen("pad_1", "online", config=setup.expected_crcs["pad_1"]))
    other = replace(setup, version="other", expected={**setup.expected, "pad_1": bytes(126)})
    assert [standing.fault for standing in health.install(other)] == ["config_drift"]


def test_a_line_says_when_it_does_not_run_what_the_server_runs(setup: LineSetup) -> None:
    health = Health(setup)
    assert health.serves(setup.version) == []
    (online,) = health.saw_line(LineSeen("online"))
    assert (online.state, online.config) == ("online", setup.version)
    (differs,) = health.serves("0123456789ab")
    assert (differs.state, differs.fault) == ("fault", "config_drift")
    (broken,) = health.refused("branch.yaml:3:1: expected …")
    assert broken.detail == "branch.yaml:3:1: expected …"
    (well,) = health.serves(setup.version)
    assert (well.state, well.fault) == ("online", None)


def test_an_unplugged_line_is_unplugged_whatever_it_runs(setup: LineSetup) -> None:
    health = Health(setup)
    health.serves("0123456789ab")
    (unplugged,) = health.saw_line(LineSeen("offline", "unplugged", "gone"))
    assert (unplugged.state, unplugged.fault) == ("offline", "unplugged")


# --- setup ------------------------------------------------------------------------------------------------------------


def test_port_and_token_may_be_told_apart_from_the_file() -> None:
    told = Source(VIRTUAL, "line_1", "en", port="/dev/else", token="of-its-own").load()
    assert (told.wire.port, told.token) == ("/dev/else", "of-its-own")
    assert Source(VIRTUAL, "line_1").load().token == "example-virtual-pad-line-1"


def test_a_line_the_file_has_not_is_named_with_those_it_has() -> None:
    with pytest.raises(NoSuchLine, match="no line line_9; it has line_1"):
        Source(VIRTUAL, "line_9").load()


# --- one program ------------------------------------------------------------------------------------------------------


def test_the_second_program_of_a_line_is_refused(tmp_path: Path) -> None:
    first = own(tmp_path / "line_1.lock")
    with pytest.raises(TakenAlready, match="running already"):
        own(tmp_path / "line_1.lock")
    os.close(first)
    os.close(own(tmp_path / "line_1.lock"))


def test_a_port_somebody_has_open_is_refused_and_one_that_is_not_there_is_not(tmp_path: Path) -> None:
    require_free(str(tmp_path / "nothing"))
    port = tmp_path / "port"
    port.touch()
    holder = own(port)
    with pytest.raises(TakenAlready, match=r"has .*port open"):
        require_free(str(port))
    os.close(holder)
    require_free(str(port))


# --- the program ------------------------------------------------------------------------------------------------------


def test_a_press_nobody_had_answered_when_the_token_changed_is_refused_and_not_left_waiting(
    setup: LineSetup, tmp_path: Path
) -> None:
    wire = replace(setup.wire, port=str(tmp_path / "port"))
    # Nobody listens on the discard port: the press is tried again and again.
    program = Program(Source(VIRTUAL, "line_1"), replace(setup, wire=wire), "http://127.0.0.1:9", tmp_path)
    runs = Thread(target=program.run)
    runs.start()
    try:
        program._post(lambda: program._heard(Pressed("pad_1", "pad_1.1", "call_next", sequence=1)))
        until(lambda: program.unanswered == 1, 5, "the press on its way")
        program._post(lambda: program._use(replace(program.setup, token="another-token")))
        until(lambda: program.unanswered == 0, 8, "the press given up")
    finally:
        program.stop()
        runs.join()
