"""The tables of the records.  Times are milliseconds since 1970 UTC, durations milliseconds, dates ISO text.

Every row belongs to one entity of a business day and is replaced whole when the entity changes.  Records of an older
version are not altered: they are thrown away and folded from the journal again, which has everything.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, Table, Text

VERSION = 2
"""Rises with every change of a table or of what a row says; older records are folded again when they are opened."""

metadata = MetaData(info={"version": VERSION})


def _table(name: str, *columns: Column[object], keys: int) -> Table:
    for column in columns[:keys]:
        column.primary_key = True
        column.nullable = False
    return Table(name, metadata, *columns, sqlite_with_rowid=False)


def _text(name: str, nullable: bool = False) -> Column[object]:
    return Column(name, Text, nullable=nullable)


def _number(name: str, nullable: bool = False) -> Column[object]:
    return Column(name, BigInteger, nullable=nullable)


def _flag(name: str) -> Column[object]:
    return Column(name, Boolean, nullable=False)


ticket = _table(
    "ticket",
    _text("branch"),
    _text("date"),
    _text("number"),
    _number("sequence"),
    _text("service"),  # what it was issued for
    _text("last_service"),  # what it waits or waited for in the end
    _text("customer_class"),
    _text("kiosk", nullable=True),
    _text("requeue_of", nullable=True),
    _number("issued_at"),
    _number("ahead"),
    _number("quote_lo_min", nullable=True),
    _number("quote_hi_min", nullable=True),
    _text("state"),
    _text("reason", nullable=True),
    _number("first_called_at", nullable=True),
    _number("started_at", nullable=True),
    _number("closed_at", nullable=True),
    _text("counter", nullable=True),  # who served it last
    _text("teller", nullable=True),
    _number("to_first_call_ms", nullable=True),  # B2: the wait of the reports
    _number("wait_ms"),  # the phases of the stay; they add up to it
    _number("way_ms"),
    _number("service_ms"),
    _number("hold_ms"),
    _number("seat_away_ms"),
    _number("wrap_up_ms"),
    _number("announced"),
    _number("unheard"),
    _number("misses"),
    _number("overtaken"),
    _flag("is_device_affected"),
    _text("devices"),  # H2: a JSON list of those that failed when it was issued or called
    keys=3,
)

transaction = _table(
    "visit_transaction",
    _text("branch"),
    _text("date"),
    _text("number"),
    _number("index"),
    _text("service"),
    _text("amount_band", nullable=True),
    _text("counter"),
    _text("teller"),
    _number("started_at", nullable=True),  # none: it was taken back with an arrival that was only assumed
    _number("finished_at", nullable=True),
    _number("spent_ms"),
    _number("seat_away_ms"),
    _number("limit_s", nullable=True),
    _text("standard_version", nullable=True),
    _flag("is_over"),
    _flag("is_assumed"),  # nobody said that the customer had arrived
    _text("devices"),  # H2: a JSON list of those of the counter that failed meanwhile
    keys=4,
)

rating = _table(
    "rating",
    _text("branch"),
    _text("date"),
    _text("number"),
    _text("counter"),
    _text("teller"),
    _number("asked_at"),
    _text("rating", nullable=True),
    _text("evaluator", nullable=True),
    _number("rated_at", nullable=True),
    _flag("is_expired"),  # asked and not rated, which is no rating
    keys=3,
)

supervisor_call = _table(
    "supervisor_call",
    _text("branch"),
    _text("date"),
    _number("position"),
    _text("counter"),
    _text("teller"),
    _text("number", nullable=True),
    _number("called_at"),
    _number("answered_at", nullable=True),
    _text("answered_by", nullable=True),
    _number("response_ms", nullable=True),
    _number("escalated_at", nullable=True),
    keys=3,
)

announcement = _table(
    "announcement",
    _text("branch"),
    _text("date"),
    _number("announcement_id"),
    _text("number"),
    _text("counter"),
    _number("at"),
    _number("shown_at", nullable=True),
    _number("spoken_at", nullable=True),
    _flag("is_unheard"),
    keys=3,
)

call = _table(
    "call",
    _text("branch"),
    _text("date"),
    _number("position"),
    _text("number"),
    _text("counter"),
    _text("teller"),
    _number("at"),
    _text("policy"),
    _text("reason"),
    _flag("is_out_of_order"),
    _number("passed_over"),
    keys=3,
)

overtaking = _table(
    "overtaking",
    _text("branch"),
    _text("date"),
    _text("number"),
    _number("index"),
    _text("by"),
    _number("at"),
    _text("reason"),
    keys=4,
)

slip = _table(
    "slip",
    _text("branch"),
    _text("date"),
    _text("job_id"),
    _text("number"),
    _text("kiosk"),
    _number("asked_at"),
    _flag("is_reprint"),
    _text("state"),
    _text("cause", nullable=True),
    keys=3,
)

incident = _table(
    "incident",
    _text("branch"),
    _text("incident_id"),
    _text("date"),
    _text("kind"),
    _text("cause"),
    _text("attribution"),
    Column("severity", Integer, nullable=False),
    _text("severity_reasons"),  # a JSON list
    _number("opened_at"),
    _text("number", nullable=True),
    _text("counter", nullable=True),
    _text("teller", nullable=True),
    _text("note"),
    _text("amendments"),  # a JSON list
    _number("closed_at", nullable=True),  # when what it was about was over by itself
    _number("span_ms", nullable=True),
    _text("numbers"),  # H2: a JSON list of the tickets it touched
    keys=2,
)

counter_change = _table(
    "counter_change",
    _text("branch"),
    _text("date"),
    _number("position"),
    _text("counter"),
    _number("at"),
    _text("change"),  # the code of the event
    _text("teller", nullable=True),
    _text("reason", nullable=True),
    keys=3,
)

diversion = _table(
    "diversion",
    _text("branch"),
    _text("date"),
    _number("position"),
    _number("at"),
    _text("service"),
    _text("device"),
    keys=3,
)

Index("ix_incident_date", incident.c.branch, incident.c.date)
