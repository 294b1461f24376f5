"""What a changed branch file means for a running server (F1): what is new, what is in the way, who must start again."""

from __future__ import annotations

from dataclasses import replace

import pytest

from queue_server.domain import commands as c
from queue_server.reload import TOLD_CHANGES, ConfigurationInUse, changes, needing_restart, require_unused
from queue_server.settings import BranchSetup
from tests.hall import Hall, small_branch

BRANCH = small_branch()
WITHOUT_CASH = replace(BRANCH, services=tuple(one for one in BRANCH.services if one.code != "cash"))
WITHOUT_ONE = replace(BRANCH, counters=BRANCH.counters[1:])


def test_changes_are_keys_in_the_order_of_the_file() -> None:
    before = {"a": "1", "b": "2", "gone": "x"}
    assert changes(before, {"new": "1", "a": "1", "b": "3"}) == ("new", "b", "gone")
    assert changes(before, dict(before)) == ()
    # The order of services is the order of the keys at the kiosk.
    assert changes(before, dict(reversed(before.items()))) == ("order",)


def test_many_changes_are_told_up_to_a_bound() -> None:
    told = changes({}, {f"k{index}": "1" for index in range(500)})
    assert len(told) == TOLD_CHANGES + 1
    assert told[-1] == f"+{500 - TOLD_CHANGES}"


def test_a_service_with_an_open_ticket_is_in_the_way_and_one_without_is_not() -> None:
    hall = Hall(BRANCH).open("1")
    require_unused(BRANCH, WITHOUT_CASH, hall.day)
    number = hall.issue("cash")
    with pytest.raises(ConfigurationInUse) as refused:
        require_unused(BRANCH, WITHOUT_CASH, hall.day)
    assert refused.value.details["uses"] == f"services[cash] ({number})"
    hall.call("1")
    hall.at("1", c.StartService)
    hall.at("1", c.FinishService)
    require_unused(BRANCH, WITHOUT_CASH, hall.day)


def test_a_counter_is_in_the_way_while_somebody_is_at_it() -> None:
    hall = Hall(BRANCH).open("1")
    require_unused(BRANCH, WITHOUT_ONE, hall.day)
    number = hall.issue("cash")
    hall.call("1")
    with pytest.raises(ConfigurationInUse) as refused:
        require_unused(BRANCH, WITHOUT_ONE, hall.day)
    assert refused.value.details["uses"] == f"counters[1] ({number})"
    hall.at("1", c.StartService)
    hall.at("1", c.FinishService)
    hall.at("1", c.StartNoTicketService, service="cash", reason="r")
    with pytest.raises(ConfigurationInUse):
        require_unused(BRANCH, WITHOUT_ONE, hall.day)


def test_a_place_that_is_kept_for_a_customer_is_in_the_way() -> None:
    hall = Hall(BRANCH).open("1")
    number = hall.issue("cash")
    hall.call("1")
    hall.at("1", c.StartService)
    hall.at("1", c.HoldTicket, reason="form_filling")
    with pytest.raises(ConfigurationInUse) as refused:
        require_unused(BRANCH, WITHOUT_ONE, hall.day)
    assert refused.value.details["uses"] == f"counters[1] ({number})"


@pytest.mark.parametrize(
    ("key", "programs"),
    [
        ("devices.printers[printer_1].port", ("kiosk_1",)),
        ("devices.kiosks[kiosk_1].printer", ("kiosk_1",)),
        ("ticket.layout", ("kiosk_1",)),
        ("voice.profile", ("display_1",)),
        # A line reads the file again by itself; people and rules are the server's alone.
        ("devices.call_pads[pad_1].address", ()),
        ("devices.lines[line_1].baud", ()),
        ("staff[wang_fang].name.zh", ()),
        ("rules.get_ready", ()),
    ],
)
def test_only_programs_whose_own_part_changed_must_start_again(
    virtual_setup: BranchSetup, key: str, programs: tuple[str, ...]
) -> None:
    assert needing_restart(virtual_setup, virtual_setup) == ()
    changed = replace(virtual_setup, values={**virtual_setup.values, key: "another"})
    assert needing_restart(virtual_setup, changed) == programs
