"""The same door on PostgreSQL, with two servers on one branch: each decides on what the other did (X2)."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest

from queue_server.clock import SetClock
from queue_server.domain import commands as c
from queue_server.domain import events as e
from queue_server.journal.verify import verify
from queue_server.records.project import project
from queue_server.service import BranchService, Outcome, load_day, open_journal, rebuild_records
from tests import postgres
from tests.hall import KIOSK, LOBBY, MORNING, small_branch, teller
from tests.integration.test_records_rebuild import rows

BRANCH = replace(small_branch(), rules=replace(small_branch().rules, number_digits=4))


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres.cluster() as address:
        yield address


@pytest.fixture
def address(server: str) -> str:
    return postgres.new_database(server)


def open_door(address: str) -> BranchService:
    journal = open_journal(BRANCH, address)
    return BranchService(BRANCH, journal, SetClock(MORNING), project=partial(project, BRANCH))


def test_two_servers_write_one_branch_and_no_number_comes_twice(address: str) -> None:
    doors = [open_door(address), open_door(address)]
    outcomes: list[Outcome] = []

    def kiosk(index: int) -> None:
        for turn in range(30):
            command = c.IssueTicket("cash", f"link-{index}-{turn}")
            outcomes.append(doors[index % 2].dispatch(command, f"c-{index}-{turn}", KIOSK))

    kiosks = [threading.Thread(target=kiosk, args=(index,)) for index in range(6)]
    for thread in kiosks:
        thread.start()
    for thread in kiosks:
        thread.join(60)
    issued = [event.number for o in outcomes for event in o.events if isinstance(event, e.TicketIssued)]
    assert len(issued) == len(set(issued)) == 180
    for door in doors:
        door.catch_up()
    assert doors[0].day == doors[1].day == load_day(open_journal(BRANCH, address))
    assert verify(doors[0].journal.place, BRANCH.code).events == doors[0].day.position  # type: ignore[attr-defined]


def test_a_retry_at_the_other_server_is_answered_as_at_the_first(address: str) -> None:
    one, other = open_door(address), open_door(address)
    one.dispatch(c.OpenCounter("1", "li"), "c1", teller("1"))
    one.dispatch(c.IssueTicket("cash", "l1"), "c2", KIOSK)
    called = one.dispatch(c.CallNext("1"), "c3", teller("1"))
    again = other.dispatch(c.CallNext("1"), "c3", teller("1"))
    assert again == replace(called, is_repeat=True)


def test_records_on_postgresql_equal_their_rebuild(address: str) -> None:
    door = open_door(address)
    door.dispatch(c.OpenCounter("1", "li"), "c1", teller("1"))
    for number in range(3):
        door.dispatch(c.IssueTicket("cash", f"l{number}", kiosk="kiosk-1"), f"i{number}", KIOSK)
    door.dispatch(c.CallTicket("1", "A0002", "in a hurry"), "c2", teller("1"))
    door.dispatch(c.StartService("1"), "c3", teller("1"))
    door.dispatch(c.FinishService("1"), "c4", teller("1"))
    door.dispatch(c.CloseDay(), "c5", LOBBY)
    journal = open_journal(BRANCH, address)
    written = rows(journal)
    assert len(written["ticket"]) == 3
    rebuild_records(BRANCH, journal)
    assert rows(journal) == written
