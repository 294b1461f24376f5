"""Refusals in words, by code, with their figures (K6, K7)."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.refusals import in_words
from kiosk.words import say_in


@pytest.mark.parametrize(
    ("code", "details", "advice"),
    [
        ("outside_ticket_hours", {"opens": "09:00", "closes": "17:00"}, "取号时间为 09:00 至 17:00。"),
        ("outside_ticket_hours", {"opens": "09:00:00", "closes": "16:30:00"}, "取号时间为 09:00 至 16:30。"),
        ("quota_reached", {"quota": 60}, "今日 60 个号码已全部取完，请改日再来，或咨询大堂经理。"),
        ("customer_has_ticket", {"number": "A012"}, "您的号码是 A012，请留意叫号。"),
        ("customer_limit_reached", {"count": 5}, "您今天已取 5 个号，如有需要请咨询大堂经理。"),
        ("a_code_of_next_year", {"x": 1}, "请向大堂经理求助。"),
    ],
)
def test_each_code_has_its_words_and_an_unknown_one_leads_to_the_lobby_manager(
    code: str, details: dict[str, Any], advice: str
) -> None:
    assert in_words(code, details, say_in("zh")).advice == advice


def test_missing_details_leave_no_hole() -> None:
    assert in_words("quota_reached", {}, say_in("en")).advice == "Please ask the lobby manager for help."
