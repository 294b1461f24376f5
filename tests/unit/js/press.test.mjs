// One press acts once: bounces, impatience and keys that mean something else a moment later (C6).
import assert from "node:assert/strict";
import { test } from "node:test";
import { BOUNCE_MS, Presses, whyNot } from "../../../queue_server/web/static/teller/press.js";
import { Refused, Unanswered } from "../../../queue_server/web/static/commands.js";
import { Words } from "../../../queue_server/web/static/words.js";

function pad(send) {
  const now = { ms: 10_000 };
  const reached = [];
  const busy = [];
  const presses = new Presses({
    commands: { send },
    reached: async (position) => void reached.push(position),
    busy: (key) => busy.push(key),
    clock: () => now.ms,
  });
  return { presses, now, reached, busy };
}

test("the same key again within the bounce does not count, later it does", () => {
  const { presses, now } = pad();
  assert.equal(presses.counts("open"), true);
  now.ms += BOUNCE_MS - 1;
  assert.equal(presses.counts("open"), false);
  now.ms += BOUNCE_MS;
  assert.equal(presses.counts("open"), true);
});

test("another key counts at once: a teller is fast", () => {
  const { presses, now } = pad();
  presses.counts("call");
  now.ms += 50;
  assert.equal(presses.counts("start"), true);
});

test("while one press is being answered nothing else is sent and no key counts", async () => {
  let answer;
  const sent = [];
  const { presses } = pad((path) => {
    sent.push(path);
    return new Promise((resolve) => (answer = resolve));
  });
  const first = presses.send("call", "/counters/3/call-next");
  assert.equal(await presses.send("call", "/counters/3/call-next"), null);
  assert.equal(presses.counts("recall"), false);
  answer({ position: 4 });
  await first;
  assert.deepEqual(sent, ["/counters/3/call-next"]);
});

test("the keys stay dead until the page shows the position of the answer", async () => {
  const { presses, reached, busy } = pad(async () => ({ position: 42 }));
  await presses.send("call", "/x");
  assert.deepEqual(reached, [42]);
  assert.deepEqual(busy, ["call", null]);
});

test("after a refusal the keys live again", async () => {
  const { presses, busy } = pad(async () => {
    throw new Refused("no_ticket_waiting", "没有人在等候");
  });
  await assert.rejects(presses.send("call", "/x"), Refused);
  assert.deepEqual(busy, ["call", null]);
});

test("a refusal is said in the server's words, silence in ours, a bug not at all", () => {
  const words = new Words({}, "en");
  assert.equal(whyNot(new Refused("x", "Nobody is waiting"), words), "Nobody is waiting");
  assert.match(whyNot(new Unanswered("/x"), words), /did not answer/);
  assert.throws(() => whyNot(new TypeError("bug"), words), TypeError);
});
