"""The busy hour: simulated customers arrive, simulated tellers work, through the same API as everybody.

The speed (×1 to ×20) shortens what people do: the time between arrivals, the walk to the counter, the service.  The
branch's own rules are never shortened: the seconds between two announcements, and the time standard a slow
transaction exceeds.  A customer of the crowd asks the lobby manager for a number, so nothing is printed for it; who
wants paper taps the kiosk.
"""

from __future__ import annotations

import json
import random
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import gevent
import urllib3

from queue_server.virtual.habits import Habit, Oddities

SLOWEST, FASTEST = 1.0, 20.0
WALK_S = (8.0, 25.0)
FORM_S = (60.0, 180.0)
ANNOUNCED_S = 3.0
"""What a teller lets pass between a call and looking up, at any speed: the voice needs it."""

RUSH = 6.0
"""How much faster the first customers come: a visitor wants to see a hall, not its opening."""

RECALL_AFTER_S = 15.5
ANSWER_WITHIN_S = 5.0
AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays: the lobby manager's token, each counter's token, and what each service usually takes (seconds)."""

    lobby_token: str
    teller_tokens: Mapping[str, str]
    typical_s: Mapping[str, int]
    counter_services: Mapping[str, Sequence[str]]


class Refused(Exception):
    """The branch said no; `code` is the reason."""

    def __init__(self, code: str, details: Mapping[str, Any]) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


class Unanswered(Exception):
    """Nobody answered: the network is down, or the server is being restarted."""


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
        self._oddities = Oddities(self._habit, self._chance)
        self._on_change = on_change
        self._pool = urllib3.PoolManager(retries=False, timeout=urllib3.Timeout(ANSWER_WITHIN_S), maxsize=8)
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

    def start(self, speed: float, tellers: Sequence[str] | None) -> None:
        """Begin, or go on with another speed or other simulated tellers; None: at every counter nobody sits at."""
        if tellers is None:
            tellers = self._empty_counters()
        self.speed = min(FASTEST, max(SLOWEST, speed))
        if not self.is_busy:
            self._oddities.begin(time.monotonic())
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

    def _empty_counters(self) -> list[str]:
        """Where no visitor works: the closed counters, or all when nobody answers."""
        try:
            counters = self._send("GET", "counters", self._cast.lobby_token, None)
        except (Refused, Unanswered):
            return list(self._cast.teller_tokens)
        return [str(one["counter"]) for one in counters if one["state"] == "closed"]

    # --- customers -------------------------------------------------------------------------------------------------

    def _arrivals(self) -> None:
        services = sorted(self._cast.typical_s)
        # Short matters are asked for far more often than long ones.
        weights = [1 / self._cast.typical_s[service] ** 2 for service in services]
        while self.is_busy:
            try:
                if len(self._waiting()) < self._habit.full_hall:
                    self._arrive(self._chance.choices(services, weights)[0])
            except (Refused, Unanswered):
                # Closed for the day, or nobody answers: the next customer tries again.
                pass
            hurry = RUSH if self.arrived < self._habit.rush else 1.0
            self._pause(self._chance.expovariate(1 / self._habit.mean_arrival_s) / hurry)

    def _arrive(self, service: str) -> None:
        is_priority = self._chance.random() < self._habit.is_priority
        self._ask(
            "tickets",
            self._cast.lobby_token,
            service=service,
            customer_class="priority" if is_priority else "ordinary",
        )
        self.arrived += 1
        self._on_change()

    # --- tellers ---------------------------------------------------------------------------------------------------

    def _work(self, counter: str) -> None:
        while counter in self.tellers:
            try:
                self._serve_one(counter)
            except Refused as refusal:
                self._put_right(counter, refusal)
            except Unanswered:
                gevent.sleep(AGAIN_S)

    def _put_right(self, counter: str, refusal: Refused) -> None:
        """What a teller does when the branch says no."""
        try:
            if refusal.code == "counter_not_open" and refusal.details.get("state") == "closed":
                self._press(counter, "open")
            elif refusal.code == "counter_not_open" and refusal.details.get("state") == "paused":
                self._press(counter, "resume")
            elif refusal.code == "counter_busy":
                self._finish_what_is_there(counter)
            else:
                gevent.sleep(AGAIN_S)
        except (Refused, Unanswered):
            gevent.sleep(AGAIN_S)

    def _finish_what_is_there(self, counter: str) -> None:
        """A customer is left over: from a visitor who sat here, or from before the server went away."""
        for verb in ("finish", "return-seat", "start", "finish-no-ticket"):
            try:
                self._press(counter, verb)
                return
            except Refused:
                continue

    def _serve_one(self, counter: str) -> None:
        number = self._call(counter)
        if number is None:
            gevent.sleep(AGAIN_S)
            return
        gevent.sleep(ANNOUNCED_S)
        if self._oddities.is_due("stays_away"):
            self._wait_in_vain(counter)
            return
        self._pause(self._chance.uniform(*WALK_S))
        started = self._press(counter, "start")
        if self._chance.random() < self._habit.fills_in_a_form:
            self._pause(30)
            self._press(counter, "hold", reason="form_filling")
            gevent.spawn(self._come_back, number)
            return
        self._transact(counter, started)
        if self._chance.random() < self._habit.has_a_second_matter:
            service = self._chance.choice(list(self._cast.counter_services[counter]))
            self._transact(
                counter, self._press(counter, "next-transaction", service=service, amount_band=None)
            )
        self._press(counter, "finish")
        self.served += 1
        self._on_change()

    def _call(self, counter: str) -> str | None:
        """Call somebody; the number, or None while nobody waits for this counter."""
        if self._oddities.is_wanted("jumps_the_queue") and (number := self._pick(counter)) is not None:
            self._press(counter, "call", number=number, reason="customer_request")
            self._oddities.is_due("jumps_the_queue")
            return number
        try:
            answer = self._press(counter, "call-next")
        except Refused as refusal:
            if refusal.code == "no_ticket_waiting":
                return None
            raise
        return next((str(e["number"]) for e in answer["events"] if e["type"] == "TicketCalled"), None)

    def _pick(self, counter: str) -> str | None:
        """Somebody from behind in this counter's line, if there is one."""
        services = self._cast.counter_services[counter]
        mine = [ticket["number"] for ticket in self._waiting() if ticket["service"] in services]
        return str(self._chance.choice(mine[1:])) if len(mine) > 1 else None

    def _wait_in_vain(self, counter: str) -> None:
        """Call out as the rule asks, at the rule's own pace, then mark the no-show."""
        while True:
            try:
                self._press(counter, "no-show")
                return
            except Refused as refusal:
                if refusal.code not in ("too_few_announcements", "too_soon_for_no_show"):
                    raise
                # The rule counts announcements that are far enough apart, and names the whole time that is left.
                gevent.sleep(min(RECALL_AFTER_S, float(refusal.details.get("wait_s", AGAIN_S)) + 0.2))
                if refusal.code == "too_few_announcements":
                    self._press(counter, "recall")

    def _come_back(self, number: str) -> None:
        self._pause(self._chance.uniform(*FORM_S))
        try:
            self._ask(f"tickets/{number}/resume", self._cast.lobby_token)
        except (Refused, Unanswered):
            # Already called back, or the day is over.
            return

    def _transact(self, counter: str, answer: Mapping[str, Any]) -> None:
        """Let the transaction that `answer` began take its time: the crowd's, or once in a while the rule's."""
        begun: Mapping[str, Any] = next((event for event in answer["events"] if "limit_s" in event), {})
        usual_s = self._cast.typical_s.get(str(begun.get("service")), 300) * self._habit.briskness
        needed_s = usual_s * self._chance.lognormvariate(0, 0.35) / self.speed
        limit_s = begun.get("limit_s")
        if not limit_s:
            self._pause(needed_s * self.speed)
        elif self._may_exceed(limit_s) and self._oddities.is_due("takes_too_long"):
            gevent.sleep(limit_s * self._chance.uniform(1.02, 1.1))
        else:
            self._pause(min(needed_s, 0.9 * limit_s) * self.speed)

    def _may_exceed(self, limit_s: float) -> bool:
        """One teller may sit through a limit while others go on with the line."""
        return limit_s <= self._habit.patience_s and len(self.tellers) > 1

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
        answer = self._send("POST", path, token, {"command_id": f"crowd-{uuid.uuid4().hex}", **body})
        return dict(answer)

    def _waiting(self) -> list[dict[str, Any]]:
        return list(self._send("GET", "waiting", self._cast.lobby_token, None))

    def _send(self, method: str, path: str, token: str, body: dict[str, Any] | None) -> Any:
        """What the server answered.  Raises Refused, or Unanswered."""
        try:
            answer = self._pool.request(
                method,
                f"{self._server}/api/v1/{path}",
                body=json.dumps(body).encode() if body is not None else None,
                headers={"Authorization": f"Bearer {token}", "Content-Type": "application/json"},
            )
            parsed: Any = json.loads(answer.data)
        except (urllib3.exceptions.HTTPError, ValueError) as problem:
            raise Unanswered(path) from problem
        if answer.status >= 500:
            raise Unanswered(path)
        if answer.status >= 400:
            raise Refused(str(parsed.get("code")), parsed.get("details", {}))
        return parsed
