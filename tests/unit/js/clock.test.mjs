// Durations as people read them, and how a transaction stands against its limit (T3).
import assert from "node:assert/strict";
import { test } from "node:test";
import { minutes, secondsLeft, standing, timeOfDay, wholeMinutes } from "../../../queue_server/web/static/clock.js";

for (const [ms, words] of [
  [0, "0:00"],
  [-5, "0:00"],
  [999, "0:00"],
  [61_000, "1:01"],
  [75 * 60_000, "1:15:00"],
  [3_599_999, "59:59"],
]) {
  test(`${ms} ms read as ${words}`, () => assert.equal(minutes(ms), words));
}

test("seconds left are rounded up: one second is left until it is over", () => {
  assert.equal(secondsLeft(1), 1);
  assert.equal(secondsLeft(0), 0);
  assert.equal(secondsLeft(15_001), 16);
});

test("a wait of 75 minutes is 75 minutes", () => assert.equal(wholeMinutes(75 * 60_000 + 59_999), 75));

for (const [spent, level] of [
  [0, "good"],
  [239_999, "good"],
  [240_000, "warn"],
  [299_999, "warn"],
  [300_000, "bad"],
  [900_000, "bad"],
]) {
  test(`${spent} ms of 300 s are ${level}`, () => assert.equal(standing(spent, 300).level, level));
}

test("without a limit there is no level", () => assert.equal(standing(900_000, null).level, "none"));

test("times of day are the branch's, wherever the machine stands", () => {
  assert.equal(timeOfDay("2026-03-02T01:05:09Z", "Asia/Shanghai", true), "09:05:09");
  assert.equal(timeOfDay("2026-03-02T01:05:09Z", "Asia/Shanghai"), "09:05");
  assert.equal(timeOfDay(null, "Asia/Shanghai"), "");
});
