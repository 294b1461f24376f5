"""The busy hour: simulated customers arrive, simulated tellers work, through the same API as everybody.

The speed (×1 to ×20) shortens what people do: the time between arrivals, the walk to the counter, the service.  The
branch's own rules, such as the seconds between two announcements, are never shortened.  A customer of the crowd asks
the lobby manager for a number, so nothing is printed for it; who wants paper taps the kiosk.
"""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gevent
import urllib3

MEAN_ARRIVAL_S = 75.0
WALK_S = (8.0, 25.0)
ANNOUNCED_S = 3.0
"""What a teller lets pass between a call and looking up, at any speed: the voice needs it."""


@dataclass(frozen=True, slots=True)
class Habit:
    """How often, of a hundred customers or acts, something out of the ordinary happens."""

    stays_away: float = 0.06
    fills_in_a_form: float = 0.05
    has_a_second_matter: float = 0.12
    is_called_out_of_order: float = 0.02
    is_priority: float = 0.12
    is_slow: float = 0.08


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays: the lobby manager's token, each counter's token, and what each service usually takes (seconds)."""

    lobby_token: str
    teller_tokens: Mapping[str, str]
    teller_ids: Mapping[str, str]
    typical_s: Mapping[str, int]
    counter_services: Mapping[str, Sequence[str]]


class Refused(Exception):
    """The branch said no; `code` is the reason."""

    def __init__(self, code: str, details: Mapping[str, Any]) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


class Crowd:
    """Customers and tellers as greenlets.  `on_change` is told when something about the crowd changed."""

    def __init__(
        self,
        server: str,
        cast: Cast,
        on_change: Callable[[], None],
        habit: Habit | None = None,
        seed: int | None = None,
    ) -> None:
        self.speed = 5.0
        self.is_busy = False
        self.tellers: set[str] = set()
        self.arrived = 0
        self.served = 0
        self._server = server
        self._cast = cast
        self._habit = habit or Habit()
        # Play, not security.
        self._chance = random.Random(seed)
        self._on_change = on_change
        self._pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(5), maxsize=8)
        self._door: gevent.Greenlet[[], None] | None = None
        self._at_work: dict[str, gevent.Greenlet[[str], None]] = {}

    def state(self) -> dict[str, Any]:
        """What the page shows."""
        return {
            "is_busy": self.is_busy,
            "speed": self.speed,
            "tellers": sorted(self.tellers),
            "arrived": self.arrived,
            "served": self.served,
        }

    def start(self, speed: float, tellers: Sequence[str]) -> None:
        """Begin, or go on with another speed or other simulated tellers."""
        self.speed = min(20.0, max(1.0, speed))
        self.is_busy = True
        self.tellers = {counter for counter in tellers if counter in self._cast.teller_tokens}
        if self._door is None or self._door.dead:
            self._door = gevent.spawn(self._arrivals)
        for counter in self.tellers:
            worker = self._at_work.get(counter)
            if worker is None or worker.dead:
                self._at_work[counter] = gevent.spawn(self._work, counter)
        self._on_change()

    def stop(self) -> None:
        """Nobody new arrives; tellers finish whom they have and stop."""
        self.is_busy = False
        self.tellers = set()
        if self._door is not None:
            self._door.kill()
        self._on_change()

    # --- customers -------------------------------------------------------------------------------------------------

    def _arrivals(self) -> None:
        services = sorted(self._cast.typical_s)
        while self.is_busy:
            # Short matters are asked for more often than long ones.
            weights = [1 / self._cast.typical_s[service] for service in services]
            service = self._chance.choices(services, weights)[0]
            is_priority = self._chance.random() < self._habit.is_priority
            try:
                self._ask(
                    "tickets",
                    self._cast.lobby_token,
                    service=service,
                    customer_class="priority" if is_priority else "ordinary",
                )
                self.arrived += 1
                self._on_change()
            except (Refused, urllib3.exceptions.HTTPError):
                # Closed for the day, or the server is being restarted: the next customer tries again.
                pass
            self._pause(self._chance.expovariate(1 / MEAN_ARRIVAL_S))

    # --- tellers ---------------------------------------------------------------------------------------------------

    def _work(self, counter: str) -> None:
        while counter in self.tellers:
            try:
                self._serve_one(counter)
            except Refused as refusal:
                self._put_right(counter, refusal)
            except urllib3.exceptions.HTTPError:
                gevent.sleep(1)

    def _put_right(self, counter: str, refusal: Refused) -> None:
        """What a teller does when the branch says no."""
        if refusal.code == "counter_not_open" and refusal.details.get("state") == "closed":
            self._press(counter, "open")
        elif refusal.code == "counter_not_open" and refusal.details.get("state") == "paused":
            self._press(counter, "resume")
        elif refusal.code == "counter_busy":
            self._finish_what_is_there(counter)
        else:
            gevent.sleep(1)

    def _finish_what_is_there(self, counter: str) -> None:
        for verb in ("finish", "start", "finish-no-ticket"):
            try:
                self._press(counter, verb)
                return
            except Refused:
                continue

    def _serve_one(self, counter: str) -> None:
        number = self._call(counter)
        if number is None:
            gevent.sleep(1)
            return
        gevent.sleep(ANNOUNCED_S)
        if self._chance.random() < self._habit.stays_away:
            self._wait_in_vain(counter)
            return
        self._pause(self._chance.uniform(*WALK_S))
        self._press(counter, "start")
        if self._chance.random() < self._habit.fills_in_a_form:
            self._pause(30)
            self._press(counter, "hold", reason="fill_in_form")
            gevent.spawn(self._come_back, counter, number)
            return
        self._transact(counter)
        if self._chance.random() < self._habit.has_a_second_matter:
            service = self._chance.choice(list(self._cast.counter_services[counter]))
            self._press(counter, "next-transaction", service=service, amount_band=None)
            self._transact(counter, service)
        self._press(counter, "finish")
        self.served += 1
        self._on_change()

    def _call(self, counter: str) -> str | None:
        try:
            if self._chance.random() < self._habit.is_called_out_of_order:
                waiting = self._get("waiting")
                mine = [
                    ticket["number"]
                    for ticket in waiting
                    if ticket["service"] in self._cast.counter_services[counter]
                ]
                if len(mine) > 2:
                    number = str(self._chance.choice(mine[1:]))
                    self._press(counter, "call", number=number, reason="customer_request")
                    return number
            answer = self._press(counter, "call-next")
        except Refused as refusal:
            if refusal.code == "no_ticket_waiting":
                return None
            raise
        return next(str(event["number"]) for event in answer["events"] if event["type"] == "TicketCalled")

    def _wait_in_vain(self, counter: str) -> None:
        """Call out as the rule asks, at the rule's own pace, then mark the no-show."""
        while True:
            try:
                self._press(counter, "no-show")
                return
            except Refused as refusal:
                if refusal.code not in ("too_few_announcements", "too_soon_for_no_show"):
                    raise
                gevent.sleep(min(15.5, float(refusal.details["wait_s"]) + 0.2))
                if refusal.code == "too_few_announcements":
                    self._press(counter, "recall")

    def _come_back(self, counter: str, number: str) -> None:
        self._pause(120)
        try:
            self._ask(f"tickets/{number}/resume", self._cast.lobby_token)
        except (Refused, urllib3.exceptions.HTTPError):
            # Already called back, or the day is over.
            return

    def _transact(self, counter: str, service: str | None = None) -> None:
        usual_s = self._cast.typical_s.get(service or self._cast.counter_services[counter][0], 300)
        factor = self._chance.lognormvariate(0, 0.35)
        if self._chance.random() < self._habit.is_slow:
            factor *= 3
        self._pause(usual_s * factor)

    # --- the API ---------------------------------------------------------------------------------------------------

    def _pause(self, seconds: float) -> None:
        """Let the crowd's own time pass, which the speed shortens, also while it changes."""
        left = seconds
        while left > 0:
            step = min(left, self.speed * 0.5)
            gevent.sleep(step / self.speed)
            left -= step

    def _press(self, counter: str, verb: str, **more: Any) -> dict[str, Any]:
        return self._ask(f"counters/{counter}/{verb}", self._cast.teller_tokens[counter], **more)

    def _ask(self, path: str, token: str, **body: Any) -> dict[str, Any]:
        return self._send("POST", path, token, {"command_id": f"crowd-{uuid.uuid4().hex}", **body})

    def _get(self, path: str) -> list[dict[str, Any]]:
        answer = self._send("GET", path, self._cast.lobby_token, None)
        return list(answer.get("waiting", []))

    def _send(self, method: str, path: str, token: str, body: dict[str, Any] | None) -> dict[str, Any]:
        answer = self._pool.request(
            method,
            f"{self._server}/api/v1/{path}",
            body=json.dumps(body).encode() if body is not None else None,
            headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
        )
        parsed: Any = json.loads(answer.data)
        if isinstance(parsed, list):
            return {"waiting": parsed}
        if answer.status >= 400:
            raise Refused(str(parsed.get("code")), parsed.get("details", {}))
        return dict(parsed)
