// Words in two languages; a code that nobody knows is shown, not hidden.
import assert from "node:assert/strict";
import { test } from "node:test";
import { Words } from "../../../queue_server/web/static/words.js";

const CATALOGUE = { "Counter {counter}": "{counter} 号窗口", Lunch: "午餐", "{lo}–{hi} min": "{lo}–{hi} 分钟" };

test("the key is the English, the catalogue has the Chinese", () => {
  assert.equal(new Words(CATALOGUE, "zh").say("Counter {counter}", { counter: 3 }), "3 号窗口");
  assert.equal(new Words(CATALOGUE, "en").say("Counter {counter}", { counter: 3 }), "Counter 3");
});

test("what is filled in is not looked at again", () => {
  assert.equal(new Words({}, "en").say("Note: {note}", { note: "{number}" }), "Note: {number}");
});

test("zero is a value", () => assert.equal(new Words({}, "en").say("{n} wait", { n: 0 }), "0 wait"));

test("a known code is said, an unknown one shown as it is, none at all is nothing", () => {
  const words = new Words(CATALOGUE, "zh");
  assert.equal(words.code({ lunch: "Lunch" }, "lunch"), "午餐");
  assert.equal(words.code({ lunch: "Lunch" }, "fire_drill"), "fire drill");
  assert.equal(words.code({}, null), "");
});

test("a wait is a band", () => {
  assert.equal(new Words(CATALOGUE, "zh").band({ lo_min: 15, hi_min: 20 }), "15–20 分钟");
  assert.equal(new Words(CATALOGUE, "zh").band(null), "");
});
