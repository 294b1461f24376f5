"""One ticket's story: everything that happened to it, in words, in both languages, and times that add up."""

from __future__ import annotations

import re
from dataclasses import fields
from random import Random
from string import Formatter

import pytest
from babel.messages.pofile import read_po

from queue_server.clock import SetClock
from queue_server.domain import commands as c
from queue_server.domain.actors import SYSTEM, Actor, Role
from queue_server.domain.branch import Branch, HallRules, Rating
from queue_server.domain.day import elapsed_ms
from queue_server.errors import UnknownTicket
from queue_server.journal.codec import EVENT_TYPES
from queue_server.journal.memory import MemoryJournal
from queue_server.service import BranchService
from queue_server.story import Line, story_of, vocabulary
from queue_server.story.sentences import _SENTENCES
from tests.conftest import ROOT
from tests.hall import DISPLAY, KIOSK, LINE, LOBBY, MORNING, pad, pad_branch, small_branch, teller
from tests.walk import PAUSES_S, accepted_command

BRANCH = small_branch()


class Morning:
    """A door and a clock, and short words for what people do."""

    def __init__(self, branch: Branch = BRANCH) -> None:
        self.journal = MemoryJournal(branch.code)
        self.clock = SetClock(MORNING)
        self.branch = branch
        self.service = BranchService(branch, self.journal, self.clock)
        self.count = 0

    def do(self, command: c.Command, actor: Actor, after_s: float = 0.0) -> int:
        """Ask for it that much later; returns the first position, which is a call's announcement id."""
        self.clock.pass_s(after_s)
        self.count += 1
        return self.service.dispatch(command, f"c{self.count}", actor).first_position

    def story(self, number: str, language: str = "en") -> list[str]:
        """The sentences."""
        return [line.text for line in story_of(self.journal, self.branch, number, language, self.service.day)]


def served_late() -> Morning:
    """A001 waits, is passed over, called twice, served too long at two transactions."""
    m = Morning()
    m.do(c.OpenCounter("1", "li"), teller("1"))
    m.do(c.OpenCounter("2", "zhao"), teller("2"))
    m.do(c.IssueTicket("cash", "l1", kiosk="kiosk-1"), KIOSK)
    job = next(iter(m.service.day.slips))
    m.do(c.ReportPrint(job, "printed"), KIOSK, 2)
    m.do(c.IssueTicket("cash", "l2", kiosk="kiosk-1"), KIOSK, 10)
    m.do(c.CallTicket("2", "A002", "in a hurry"), teller("2"), 5)
    call = m.do(c.CallNext("1"), teller("1"), 63)
    m.do(c.ReportShown(call, "lobby-1", 100), DISPLAY, 0.5)
    m.do(c.ReportSpoken(call, "lobby-1", 0), DISPLAY, 5)
    m.do(c.Recall("1"), teller("1"), 10)
    m.do(c.StartService("1"), teller("1"), 20)
    m.do(c.SetTransaction("1", "cash", "large"), teller("1"), 30)
    m.do(c.LeaveSeat("1", "copier"), teller("1"), 30)
    m.do(c.ReturnToSeat("1"), teller("1"), 40)
    m.do(c.NextTransaction("1", "cash", "small"), teller("1"), 30)
    m.do(c.StartWrapUp("1"), teller("1"), 333)
    m.do(c.FinishService("1"), teller("1"), 17)
    return m


def test_the_story_of_a_fresh_ticket_does_not_end_with_an_empty_sum() -> None:
    m = Morning()
    m.do(c.IssueTicket("cash", "l1", kiosk="kiosk-1"), KIOSK)
    assert m.story("A001")[-1] == "In the branch for 0 s so far: wait 0 s"
    m.do(c.CancelTicket("A001", "customer_request"), LOBBY)
    assert m.story("A001")[-1] == "Stay 0 s = wait 0 s"
    assert m.story("A001", "zh")[-1].endswith("等候 0 秒")


def test_a_served_ticket_is_told_from_issue_to_the_sum_of_its_stay() -> None:
    told = served_late().story("A001")
    assert told[:2] == [
        "A001 issued: Cash, ordinary customer, 0 ahead, expected wait 0–5 min",
        "The slip was printed",
    ]
    assert "A002 went first: out of order" in told
    assert "Announcement 1: called to counter 1 by li, policy head-start-with-cap@1" in told
    assert "Announcement 1 was shown on lobby-1 after 0.4 s" in told
    assert "Announcement 1 was spoken by lobby-1 after 5.5 s" in told
    assert "Announcement 2: called again to counter 1" in told
    assert "Service began at counter 1 with li" in told
    assert "The teller left the seat for: copier" in told
    assert told[-4:] == [
        "Transaction 1: Cash (20 万以上) at counter 1 with li: 2 min 10 s (10 min allowed, standard 2026-1)",
        "Transaction 2: Cash (5 万以下) at counter 1 with li: 5 min 33 s"
        " (5 min allowed, standard 2026-1); over by 33 s",
        "Overtaken 1 times: A002 (out of order)",
        "Stay 9 min 55 s = wait 1 min 20 s + way 35 s + service 7 min 3 s + seat away 40 s + wrap-up 17 s",
    ]


def test_the_same_story_in_chinese() -> None:
    told = served_late().story("A001", "zh")
    assert told[0] == "取号 A001：存取款，普通客户，前面 0 人，预计等候 0–5 分钟"
    assert "A002 先办理：不按顺序" in told
    assert "第 1 次呼叫：0.4 秒 后显示在 lobby-1" in told
    assert (
        told[-1]
        == "在网点 9 分 55 秒 = 等候 1 分 20 秒 + 到窗口 35 秒 + 办理 7 分 3 秒 + 离席 40 秒 + 整理 17 秒"
    )


def test_a_missed_ticket_says_whose_miss_it_was_with_its_incident_and_what_became_of_that() -> None:
    m = Morning()
    m.do(c.OpenCounter("1", "li"), teller("1"))
    m.do(c.IssueTicket("account", "l1"), LOBBY)
    call = m.do(c.CallNext("1"), teller("1"), 1)
    for wait in (0.5, 16, 16):
        m.do(c.ReportShown(call, "lobby-1"), DISPLAY, wait)
        if wait == 16:
            call = m.do(c.Recall("1"), teller("1"))
            m.do(c.ReportShown(call, "lobby-1"), DISPLAY, 0.3)
    m.do(c.MarkNoShow("1"), teller("1"), 20)
    m.do(c.UndoNoShow("B001", "was in the toilet"), LOBBY, 60)
    told = m.story("B001")
    missed = "Missed at counter 1: attributed to the customer; the place is held for a while"
    assert missed in told
    incident = next(text for text in told if text.startswith("Incident I") and "missed number" in text)
    assert told.index(incident) == told.index(missed) + 1
    assert "The no-show was undone: was in the toilet" in told
    assert re.fullmatch(r"Incident I\d+: the no-show was undone", told[-2])
    assert told[-1].startswith("In the branch for ")


def test_a_visit_by_pad_is_told_with_supervisor_rating_and_the_devices_that_failed() -> None:
    m = Morning(pad_branch())
    m.do(c.ReportDevice("line-1", "pad_line", "online"), LINE)
    m.do(c.PressKey("pad-2", "2", "pause"), pad("2"))
    m.do(c.IssueTicket("cash", "l1"), LOBBY)
    m.do(c.PressKey("pad-2", "2", "call_next"), pad("2"), 5)
    m.do(c.ReportDevice("line-1", "pad_line", "offline", "unplugged"), LINE, 10)
    m.do(c.CheckLimits(), SYSTEM, 20)
    m.do(c.PressKey("pad-2", "2", "recall"), pad("2"), 5)
    m.do(c.CheckLimits(), SYSTEM, 30)
    m.do(c.ReportDevice("line-1", "pad_line", "online"), LINE, 10)
    m.do(c.PressKey("pad-2", "2", "call_supervisor"), pad("2"), 10)
    m.do(c.CheckLimits(), SYSTEM, 120)
    m.do(c.AnswerSupervisor("2"), LOBBY, 12)
    m.do(c.PressKey("pad-2", "2", "call_next"), pad("2"), 60)
    m.do(c.RateVisit("2", "evaluator-2", Rating.DISSATISFIED), Actor("evaluator-2", Role.PAD_LINE, "2"), 10)
    told = m.story("A001")
    assert "Service began at counter 2 with teller-2; nobody said so, the call was long enough ago" in told
    assert "The customer was not there after all, and is still called" in told
    assert "teller-2 called the supervisor to counter 2" in told
    assert "Nobody answered the call to counter 2 for 2 min: the branch head was told" in told
    assert "wang answered the call to counter 2 after 2 min 12 s" in told
    assert told[told.index("Served at counter 2 by teller-2") + 1] == "Asked for a rating at counter 2"
    assert "Rated at counter 2: dissatisfied" in told
    assert any(text.endswith("low rating, severity 3, attributed to a device") for text in told)
    # The assumed start that was taken back is nobody's transaction; the line was back before its end.
    assert "Out of order meanwhile: line-1" in told
    assert any(
        text.startswith("The device that failed meanwhile: the device is back, after 1 min 5 s")
        for text in told
    )


def test_a_visit_nobody_rated_is_told_as_not_rated_in_both_languages() -> None:
    m = Morning(pad_branch())
    m.do(c.OpenCounter("1", "li"), teller("1"))
    m.do(c.IssueTicket("cash", "l1"), LOBBY)
    for kind in (c.CallNext, c.StartService, c.FinishService):
        m.do(kind("1"), teller("1"), 5)
    m.do(c.CheckLimits(), SYSTEM, 60)
    assert "Not rated at counter 1" in m.story("A001")
    assert "1 号窗口未作评价" in m.story("A001", "zh")


def test_every_event_of_a_ticket_has_a_sentence() -> None:
    of_tickets = {kind for kind in EVENT_TYPES.values() if "number" in {field.name for field in fields(kind)}}
    assert of_tickets - set(_SENTENCES) == set()


def test_an_unheard_call_is_told_as_unheard() -> None:
    m = Morning()
    m.do(c.OpenCounter("1", "li"), teller("1"))
    m.do(c.IssueTicket("cash", "l1"), LOBBY)
    m.do(c.CallNext("1"), teller("1"), 1)
    m.do(c.CheckLimits(), SYSTEM, 3)
    told = m.story("A001")
    assert "Announcement 1 was shown on no display in time: unheard" in told
    assert any("unheard call" in text for text in told)


def test_a_story_of_an_earlier_day_is_folded_from_that_day() -> None:
    m = served_late()
    before = story_of(m.journal, BRANCH, "A001", "en", m.service.day)
    yesterday = m.service.day.date
    m.do(c.PostNotice("公告", "notice"), LOBBY, 86_400)
    assert story_of(m.journal, BRANCH, "A001", "en", m.service.day, yesterday) == before
    with pytest.raises(UnknownTicket):
        story_of(m.journal, BRANCH, "A001", "en", m.service.day)
    with pytest.raises(UnknownTicket):
        story_of(MemoryJournal(), BRANCH, "A001", "en")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("seed", range(12))
def test_every_ticket_of_any_day_has_a_story_in_order_whose_times_add_up(seed: int, language: str) -> None:
    rules = HallRules(announcements_required=1, announcement_gap_s=0, no_show_after_s=0)
    branch = small_branch(rules=rules)
    random, m = Random(seed), Morning()
    m.service = BranchService(branch, m.journal, m.clock)
    for _ in range(120):
        m.clock.pass_s(random.choice(PAUSES_S))
        m.do(*accepted_command(branch, m.service.day, m.clock.now(), random))
    assert m.service.day.tickets
    for number, ticket in m.service.day.tickets.items():
        lines = story_of(m.journal, branch, number, language, m.service.day)
        assert all(isinstance(line, Line) for line in lines)
        assert [line.at for line in lines] == sorted(line.at for line in lines)
        assert number in lines[0].text
        last = lines[-1].text
        if ticket.closed_at is not None:
            stay, _, parts = last.partition(" = ")
            assert _seconds(stay) == elapsed_ms(ticket.issued.at, ticket.closed_at) // 1000
            assert _seconds(parts) == _seconds(stay)


def _seconds(text: str) -> int:
    minutes = re.findall(r"(\d+) (?:min|分)", text)
    seconds = re.findall(r"(\d+) (?:s\b|秒)", text)
    return 60 * sum(map(int, minutes)) + sum(map(int, seconds))


def test_a_wait_of_75_minutes_is_75_minutes() -> None:
    assert vocabulary.Words("en").time(75 * 60_000) == "75 min"
    assert vocabulary.Words("zh").time(75 * 60_000 + 1999) == "75 分 1 秒"


def test_every_word_for_a_code_is_in_the_chinese_catalogue_with_its_placeholders() -> None:
    with (ROOT / "queue_server/locale/zh_CN/LC_MESSAGES/story.po").open("rb") as file:
        catalogue = {str(message.id): str(message.string) for message in read_po(file) if message.id}
    assert set(vocabulary.CODES.values()) <= set(catalogue)
    for english, chinese in catalogue.items():
        assert chinese
        assert _placeholders(chinese) == _placeholders(english), english


def _placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}
