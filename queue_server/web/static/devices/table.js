/**
 * The table of all devices: what each is, how it stands, what it runs and should run, what was last wrong.
 */

import { timeOfDay } from "../clock.js";
import { FAULT } from "../codes.js";
import { fill, find, keepRows, make, write } from "../elements.js";
import { isDrifted, mark, nameOf, stateChip } from "../standing.js";

const KINDS = ["kiosk", "ticket_printer", "lobby_display", "speaker", "pad_line", "call_pad", "window_screen", "evaluator"];

/** Devices as people go through them: the hall first, then the line, then counter by counter. */
export function inOrder(devices) {
  const place = (one) => [one.counter === null ? 0 : 1, one.counter ?? "", KINDS.indexOf(one.kind), one.device];
  return [...devices].sort((one, other) => {
    const [mine, its] = [place(one), place(other)];
    const index = mine.findIndex((part, at) => part !== its[at]);
    if (index < 0) return 0;
    return typeof mine[index] === "number" ? mine[index] - its[index] : mine[index].localeCompare(its[index], "en", { numeric: true });
  });
}

/** Write the table; `open(deviceId)` when a device's name is pressed. */
export function showTable(words, { devices, counters, zone, open }) {
  keepRows(find("#list"), inOrder(devices), (one) => one.device, () => build(open), (row, device) => {
    const [name, counter, host, state, , firmware, config, fault] = row.children;
    write(name.firstChild, nameOf(words, device));
    write(name.lastChild, device.device);
    const desk = counters.find((one) => one.counter === device.counter);
    write(counter, desk ? words.read(desk.name) : (device.counter ?? "–"));
    const other = devices.find((one) => one.device === device.part_of);
    write(host, other ? nameOf(words, other) : (device.part_of ?? "–"));
    const since = device.since ? words.say("since {time}", { time: timeOfDay(device.since, zone) }) : "";
    redo(state, `${device.state} ${words.language} ${since}`, () => [stateChip(words, device.state), make("span.soft.small", {}, since)]);
    write(firmware, device.firmware ?? "–");
    redo(config, `${device.config} ${device.expected_config} ${words.language}`, () => configuration(words, device));
    redo(fault, `${device.last_fault} ${device.last_fault_at} ${words.language}`, () =>
      device.last_fault
        ? [
            make("span", {}, words.code(FAULT, device.last_fault)),
            make("span.soft.small", {}, device.last_fault_at ? timeOfDay(device.last_fault_at, zone) : ""),
          ]
        : ["–"],
    );
  });
}

/** The last signs of life, each second; `since(iso)` gives milliseconds. */
export function tickTable(words, devices, since) {
  for (const row of find("#list").children) {
    const device = devices.find((one) => one.device === row.dataset.key);
    if (device) write(row.children[4], heardWords(words, device, since));
  }
}

export function heardWords(words, device, since) {
  if (!device.last_heard_at) return "–";
  const seconds = Math.floor(since(device.last_heard_at) / 1000);
  if (seconds < 3) return words.say("just now");
  if (seconds < 100) return words.say("{count} s ago", { count: seconds });
  return words.say("{count} min ago", { count: Math.round(seconds / 60) });
}

function build(open) {
  const row = make(
    "tr",
    {
      onclick: (event) => event.target.closest("button") || open(row.dataset.key),
    },
    make(
      "th",
      { scope: "row" },
      make("button.list__name", { type: "button", onclick: () => open(row.dataset.key) }),
      make("span.list__id"),
    ),
    ...Array.from({ length: 7 }, () => make("td")),
  );
  return row;
}

function redo(cell, saying, children) {
  if (cell.dataset.saying === saying) return;
  cell.dataset.saying = saying;
  fill(cell, children());
}

function configuration(words, device) {
  if (!device.expected_config) return [device.config ?? "–"];
  const now = make("span.list__sum", {}, device.config ?? words.say("not known"));
  const expected = make("span.list__sum", {}, device.expected_config);
  if (!isDrifted(device)) return [now, " / ", expected];
  return [make("span.list__drift", {}, mark("fault"), now, " / ", expected), make("span.small", {}, words.say("differs"))];
}
