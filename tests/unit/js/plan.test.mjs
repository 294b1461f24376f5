// The picture of the hall: everything has a place, nothing stands on anything else, every wire ends at its device (H1).
import assert from "node:assert/strict";
import { test } from "node:test";
import { advice } from "../../../queue_server/web/static/devices/advice.js";
import { plan } from "../../../queue_server/web/static/devices/plan.js";

const KINDS = ["window_screen", "call_pad", "evaluator"];

function branch(counters, lines) {
  const devices = [
    { device: "kiosk_1", kind: "kiosk", part_of: null, counter: null },
    { device: "printer_1", kind: "ticket_printer", part_of: "kiosk_1", counter: null },
    { device: "display_1", kind: "lobby_display", part_of: null, counter: null },
    { device: "speaker_1", kind: "speaker", part_of: "display_1", counter: null },
  ];
  for (let line = 1; line <= lines; line += 1) devices.push({ device: `line_${line}`, kind: "pad_line", part_of: null, counter: null });
  for (let counter = 1; counter <= counters; counter += 1)
    for (const kind of KINDS) devices.push({ device: `${kind}_${counter}`, kind, part_of: `line_${1 + (counter % lines)}`, counter: String(counter) });
  return [devices, Array.from({ length: counters }, (_, index) => ({ counter: String(index + 1) }))];
}

const apart = (one, other) =>
  one.x + one.width <= other.x + 0.01 || other.x + other.width <= one.x + 0.01 || one.y + one.height <= other.y || other.y + other.height <= one.y;

for (const [counters, lines, width] of [[3, 1, 976], [3, 1, 720], [1, 1, 560], [7, 2, 976], [20, 3, 1400], [0, 1, 700]]) {
  test(`${counters} counters on ${lines} lines in ${width} pixels: nothing overlaps, nothing is outside`, () => {
    const [devices, list] = branch(counters, lines);
    const made = plan(devices, list, width);
    assert.equal(made.tiles.length, devices.length);
    assert.equal(made.desks.length, counters);
    const places = [...made.tiles, made.server];
    for (const [index, one] of places.entries()) {
      assert.ok(one.x >= 0 && one.x + one.width <= width && one.y >= 0 && one.y + one.height <= made.height, JSON.stringify(one));
      for (const other of places.slice(index + 1)) assert.ok(apart(one, other), `${one.device?.device} ${other.device?.device}`);
    }
    for (const tile of made.tiles.filter((one) => one.isAtDesk)) {
      const desk = made.desks.find((one) => one.counter === tile.device.counter);
      assert.ok(tile.x >= desk.x && tile.x + tile.width <= desk.x + desk.width + 0.01, "on its desk");
    }
    const wired = new Set(made.wires.map((wire) => wire.device?.device));
    for (const { device } of devices) assert.ok(wired.has(device), `${device} hangs on something`);
  });
}

test("a device at a counter nobody knows, and a kind nobody knows, still have a place", () => {
  const [devices, counters] = branch(1, 1);
  const strange = { device: "scale_1", kind: "scale", part_of: "nothing", counter: "99" };
  const made = plan([...devices, strange], counters, 900);
  assert.ok(made.tiles.some((tile) => tile.device === strange));
});

test("every state in which somebody has to do something says what", () => {
  for (const fault of ["no_answer", "stuck_key", "duplicate_address", "a code of next year"])
    assert.ok(advice({ kind: "call_pad", state: "fault", fault }, false).length, fault);
  assert.ok(advice({ kind: "kiosk", state: "offline", fault: null }, false).length);
  assert.ok(advice({ kind: "call_pad", state: "online", fault: null }, true).length, "another configuration");
  assert.deepEqual(advice({ kind: "call_pad", state: "online", fault: null }, false), []);
});
