"""Every state the teller page can be in."""

from __future__ import annotations

from typing import Any

from queue_server.wire import hall
from tests.e2e.states.branch import choices
from tests.e2e.states.counters import counter, rating, supervisor_answered, supervisor_call
from tests.e2e.states.devices import devices
from tests.e2e.states.tickets import announced, held, missed, ticket, waiting


def teller(state: hall.CounterView) -> dict[str, Any]:
    """The whole teller page with this counter."""
    return {
        "counter": state,
        "waiting": waiting(),
        "held": held(),
        "missed": missed(),
        "choices": choices(),
        "devices": [],
    }


def teller_states() -> dict[str, dict[str, Any]]:
    """Every state the teller page can be in, by name."""
    unheard = ticket(
        "way",
        is_unheard=True,
        announcements=[announced(1, 20), announced(2, 4, "unheard")],
        announcements_left=1,
        no_show_in_ms=36_000,
    )
    calling = ticket("way", announcements_left=1, no_show_in_ms=21_000)
    return {
        "closed": teller(counter("closed")),
        "free": teller(counter("free")),
        "free-rated": teller(counter("free", rating=rating(said="very_satisfied"))),
        "free-not-rated": teller(counter("free", rating=rating())),
        "free-rated-low": teller(
            counter("free", rating=rating(said="dissatisfied"), supervisor=supervisor_answered("3", 40))
        ),
        "free-empty": {**teller(counter("free")), "waiting": []},
        "consent": teller(counter("free", pause_requested="lunch")),
        "calling": teller(counter("calling", ticket=calling)),
        "unheard": teller(counter("calling", ticket=unheard)),
        "serving-green": teller(counter("serving", ticket=ticket())),
        "serving-amber": teller(
            counter("serving", ticket=ticket(spent_ms=430_000, customer_class="priority"))
        ),
        "serving-red": teller(
            counter(
                "serving",
                ticket=ticket(spent_ms=655_000, misses=1, is_device_affected=True, transactions_done=1),
            )
        ),
        "no-standard": teller(counter("serving", ticket=ticket(limit_s=None))),
        "away": teller(counter("serving", ticket=ticket("seat_away"))),
        "serving-supervisor": teller(
            counter(
                "serving", ticket=ticket(), supervisor=supervisor_call("3", 35), rating=rating(is_open=True)
            )
        ),
        "serving-escalated": {
            **teller(
                counter("serving", ticket=ticket(), supervisor=supervisor_call("3", 141, is_escalated=True))
            ),
            "devices": [one for one in devices() if one.counter == "2"],
        },
        "wrap-up": teller(counter("serving", ticket=ticket("wrap_up"))),
        "paused": teller(counter("paused", reason="lunch")),
        "no-ticket": teller(counter("no_ticket", reason="needs_care")),
    }
