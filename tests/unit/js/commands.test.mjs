// Commands over HTTP: one press is one command id, however often it has to be sent (C6).
import assert from "node:assert/strict";
import { test } from "node:test";
import { Commands, newCommandId, Refused, Unanswered } from "../../../queue_server/web/static/commands.js";

const OK = { ok: true, position: 7, is_repeat: false, events: [] };

function answered(status, body) {
  return { ok: status < 400, status, json: async () => body };
}

/** A network that does, one after another, what it is told: an answer, or an error it throws. */
function network(...outcomes) {
  const requests = [];
  const pauses = [];
  const commands = new Commands({
    token: "secret",
    language: () => "zh",
    pause: async (ms) => void pauses.push(ms),
    fetcher: async (url, request) => {
      requests.push({ url, ...request, body: request.body && JSON.parse(request.body) });
      const outcome = outcomes[Math.min(requests.length, outcomes.length) - 1];
      if (outcome instanceof Error) throw outcome;
      return outcome;
    },
  });
  return { commands, requests, pauses };
}

test("a command carries its token, its language and an id of its own", async () => {
  const { commands, requests } = network(answered(200, OK));
  assert.deepEqual(await commands.send("/counters/3/call-next"), OK);
  const [request] = requests;
  assert.equal(request.url, "/api/v1/counters/3/call-next");
  assert.equal(request.headers.Authorization, "Bearer secret");
  assert.equal(request.headers["Accept-Language"], "zh-CN");
  assert.match(request.body.command_id, /^[A-Za-z0-9._:-]{8,80}$/);
});

test("a lost request is sent again with the same id, a new press with a new one", async () => {
  const { commands, requests } = network(new TypeError("network"), new TypeError("network"), answered(200, OK));
  await commands.send("/counters/3/call-next");
  await commands.send("/counters/3/recall");
  const ids = requests.map((request) => request.body.command_id);
  assert.equal(ids.length, 4);
  assert.equal(new Set(ids.slice(0, 3)).size, 1);
  assert.notEqual(ids[3], ids[0]);
});

test("half an answer counts as lost", async () => {
  const half = { ok: true, status: 200, json: async () => JSON.parse('{"ok": tr') };
  const { commands, requests } = network(half, answered(200, OK));
  await commands.send("/counters/3/finish");
  assert.equal(requests[0].body.command_id, requests[1].body.command_id);
});

test("a refusal is not tried again and keeps its code, words and details", async () => {
  const body = { ok: false, code: "counter_busy", message: "3 号窗口还有 A012", details: { number: "A012" } };
  const { commands, requests } = network(answered(409, body));
  await assert.rejects(commands.send("/counters/3/call-next"), (error) => {
    assert.ok(error instanceof Refused);
    assert.equal(error.code, "counter_busy");
    assert.equal(error.message, "3 号窗口还有 A012");
    assert.deepEqual(error.details, { number: "A012" });
    return true;
  });
  assert.equal(requests.length, 1);
});

test("a server that is too busy is asked again", async () => {
  const busy = answered(503, { ok: false, code: "too_busy", message: "", details: {} });
  const { commands, requests } = network(busy, answered(200, OK));
  await commands.send("/counters/3/start");
  assert.equal(requests.length, 2);
});

test("a journal that cannot be written is said at once", async () => {
  const fault = answered(503, { ok: false, code: "journal_not_writable", message: "磁盘已满", details: {} });
  await assert.rejects(network(fault).commands.send("/counters/3/start"), { code: "journal_not_writable" });
});

test("when nobody answers at all it says so in the end, after longer and longer pauses", async () => {
  const { commands, pauses } = network(new TypeError("network"));
  await assert.rejects(commands.send("/counters/3/start"), Unanswered);
  assert.deepEqual(pauses, [...pauses].sort((a, b) => a - b));
  assert.ok(pauses.length >= 3);
});

test("ids do not repeat and need no secure context", () => {
  const ids = new Set(Array.from({ length: 1000 }, newCommandId));
  assert.equal(ids.size, 1000);
});
