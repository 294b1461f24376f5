"""What the customer's ticket page is sent (K4): the live position behind the QR.  No personal data.

The page is `/t/<link>`; its socket connects to `/ticket` with `auth {"link": …}`; there is no token, the link is it.
Section: `ticket` TicketPageView, whole.
"""

from __future__ import annotations

from datetime import datetime

from queue_server.wire.shapes import Shape, Text, WaitBand


class TicketPageView(Shape):
    """A customer's own ticket.

    `state`: waiting, called, serving, on_hold, served, no_show, walked_out, cancelled, expired.
    `ahead` and `wait` only while waiting; `counter` when called or serving; `was_missed`: the number was called and
    nobody came: `missed_rule` says what now.
    """

    bank: Text
    branch: Text
    number: str
    service: Text
    state: str
    issued_at: datetime
    zone: str
    ahead: int | None
    wait: WaitBand | None
    quoted: WaitBand | None
    counter: str | None
    counter_name: Text | None
    called_at: datetime | None
    was_missed: bool
    misses: int
    missed_rule: Text
    papers: list[Text]
    hotline: str
    requeued_as: str | None
    now_serving: list[str]
