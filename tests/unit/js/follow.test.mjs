// Following by position: the same rules as queue_server/wire/follow.py.
import assert from "node:assert/strict";
import { test } from "node:test";
import { APPLIED, Follower, GAP, REPEAT } from "../../../queue_server/web/static/follow.js";

function follower(now = { ms: 0 }) {
  return new Follower(() => now.ms);
}

test("a delta before any snapshot is a gap", () => {
  assert.equal(follower().delta({ position: 3, previous: 2, sections: {} }), GAP);
});

test("a delta that fits replaces whole sections and leaves the others", () => {
  const one = follower();
  one.snapshot({ position: 5, sections: { counter: { state: "free" }, waiting: [1, 2] } });
  assert.equal(one.delta({ position: 8, previous: 5, sections: { counter: { state: "calling" } } }), APPLIED);
  assert.deepEqual(one.sections, { counter: { state: "calling" }, waiting: [1, 2] });
  assert.equal(one.position, 8);
});

test("a repeat is ignored, whatever it carries", () => {
  const one = follower();
  one.snapshot({ position: 5, sections: { counter: "new" } });
  assert.equal(one.delta({ position: 5, previous: 4, sections: { counter: "old" } }), REPEAT);
  assert.equal(one.sections.counter, "new");
});

test("a delta that starts elsewhere is a gap and changes nothing", () => {
  const one = follower();
  one.snapshot({ position: 5, sections: { counter: "five" } });
  assert.equal(one.delta({ position: 9, previous: 7, sections: { counter: "nine" } }), GAP);
  assert.equal(one.sections.counter, "five");
  assert.equal(one.position, 5);
});

test("a snapshot that crossed a delta on its way is a repeat", () => {
  const one = follower();
  one.snapshot({ position: 9, sections: { counter: "nine" } });
  assert.equal(one.snapshot({ position: 8, sections: { counter: "eight" } }), REPEAT);
  assert.equal(one.sections.counter, "nine");
});

test("after a new connection the next snapshot is taken whatever it says", () => {
  const one = follower();
  one.snapshot({ position: 90, sections: { counter: "before the restore" } });
  one.restart();
  assert.equal(one.snapshot({ position: 3, sections: { counter: "after" } }), APPLIED);
  assert.equal(one.position, 3);
});

test("each section remembers when it arrived, because its durations count from there", () => {
  const now = { ms: 1000 };
  const one = follower(now);
  one.snapshot({ position: 1, sections: { counter: {}, waiting: [] } });
  now.ms = 4000;
  one.delta({ position: 2, previous: 1, sections: { waiting: [] } });
  assert.deepEqual(one.arrived, { counter: 1000, waiting: 4000 });
});
