// The soft call pad: which key does what in which situation (C1, N1, T1, T5).
import assert from "node:assert/strict";
import { test } from "node:test";
import { KEYS, keyNow, SITUATION, situation, spentNow, timesNow, untilNoShow } from "../../../queue_server/web/static/teller/acts.js";
import { countdown, noteOf } from "../../../queue_server/web/static/teller/pad.js";
import { Words } from "../../../queue_server/web/static/words.js";

const counter = (state, ticket = null) => ({ state, ticket });

function working(state, ticket) {
  const now = situation(counter(state, ticket));
  return KEYS.filter((key) => !keyNow(key, now).isOff).map((key) => key.id).sort();
}

for (const [name, state, ticket, keys] of [
  ["closed", "closed", null, ["open"]],
  ["free", "free", null, ["call", "number", "open", "pause", "rating", "supervisor", "unnumbered"]],
  ["calling", "calling", { phase: "way" }, ["hold", "no-show", "rating", "recall", "start", "supervisor", "transfer", "withdraw"]],
  ["serving", "serving", { phase: "service" }, ["finish", "hold", "next", "rating", "seat", "set", "supervisor", "transfer", "wrap-up"]],
  ["away from the seat", "serving", { phase: "seat_away" }, ["rating", "seat", "supervisor"]],
  ["wrapping up", "serving", { phase: "wrap_up" }, ["finish", "hold", "next", "rating", "supervisor", "transfer"]],
  ["paused", "paused", null, ["open", "pause", "rating", "supervisor"]],
  ["serving without a number", "no_ticket", null, ["finish", "supervisor"]],
]) {
  test(`while ${name} these keys work: ${keys.join(", ")}`, () => assert.deepEqual(working(state, ticket), keys));
}

test("the pause key takes the request back while nobody has answered it", () => {
  const pause = KEYS.find((key) => key.id === "pause");
  for (const now of ["free", "calling", "serving"]) assert.equal(keyNow(pause, now, true).face.verb, "withdraw-pause");
  assert.equal(keyNow(pause, "free").face.ask, "pause");
  assert.equal(keyNow(pause, "serving").isOff, true);
});

test("every situation has exactly one main key, and it works", () => {
  for (const now of Object.keys(SITUATION)) {
    const main = KEYS.filter((key) => keyNow(key, now).isMain);
    assert.equal(main.length, 1, now);
    assert.equal(keyNow(main[0], now).isOff, false, now);
  }
});

test("there are eighteen keys and no two share a letter", () => {
  assert.equal(KEYS.length, 18);
  assert.equal(new Set(KEYS.map((key) => key.code)).size, 18);
  for (const key of KEYS) assert.equal(key.code, `Key${key.cap}`);
});

test("the no-show countdown goes on by the page's own clock", () => {
  const called = counter("calling", { phase: "way", no_show_in_ms: 21_000, announcements_left: 1 });
  assert.deepEqual(untilNoShow(called, 20_500), { leftMs: 500, announcementsLeft: 1 });
  assert.deepEqual(untilNoShow(called, 99_000), { leftMs: 0, announcementsLeft: 1 });
  assert.equal(untilNoShow(counter("free"), 0), null);
});

test("the countdown says what is still missing", () => {
  const english = new Words({}, "en");
  assert.equal(countdown(english, { leftMs: 20_100, announcementsLeft: 2 }), "Calls needed: 2 · 21 s");
  assert.equal(countdown(english, { leftMs: 0, announcementsLeft: 1 }), "Calls needed: 1");
  assert.equal(countdown(english, { leftMs: 4000, announcementsLeft: 0 }), "in 4 s");
  assert.equal(countdown(english, { leftMs: 0, announcementsLeft: 0 }), "allowed now");
});

test("only the running phase goes on counting", () => {
  const ticket = { phase: "seat_away", times_ms: { wait: 1000, service: 2000, seat_away: 3000 } };
  assert.deepEqual(timesNow(ticket, 500), { wait: 1000, service: 2000, seat_away: 3500 });
});

test("time away counts in the transaction, wrap-up does not", () => {
  assert.equal(spentNow({ phase: "seat_away", transaction: { spent_ms: 1000 } }, 500), 1500);
  assert.equal(spentNow({ phase: "wrap_up", transaction: { spent_ms: 1000 } }, 500), 1000);
  assert.equal(spentNow({ phase: "way", transaction: null }, 500), 0);
});

const key = (id) => KEYS.find((one) => one.id === id);

test("the supervisor's key says how long nobody has answered, and works again once somebody comes", () => {
  const english = new Words({}, "en");
  const called = { answered_at: null, waited_ms: 40_000, is_escalated: false };
  const note = (supervisor, ageMs = 0) => noteOf(english, key("supervisor"), { supervisor }, ageMs);
  assert.equal(note(null), null);
  assert.equal(note(called, 5000).text, "called 0:45");
  assert.ok(note(called).why);
  assert.equal(note({ ...called, is_escalated: true }).level, "bad");
  const coming = note({ ...called, answered_at: "2026-01-01T10:00:00Z", answered_by: "chen_jie", answered_by_name: { zh: "陈洁", en: "Chen Jie" } });
  assert.deepEqual(coming, { text: "Chen Jie is coming", level: "good", why: null });
});

test("not rated is not satisfied: it is said, and in no colour of its own", () => {
  const english = new Words({}, "en");
  const note = (rating) => noteOf(english, key("rating"), { rating }, 0);
  assert.equal(note(null), null);
  assert.deepEqual(note({ number: "A012", is_open: false, rating: null }), { text: "A012: not rated", level: "none", why: null });
  assert.equal(note({ number: "A012", is_open: true, rating: null }).text, "A012 is being asked");
  assert.equal(note({ number: "A012", is_open: false, rating: "dissatisfied" }).level, "bad");
  assert.equal(note({ number: "A012", is_open: false, rating: "very_satisfied" }).text, "A012: Very satisfied");
});
