/**
 * One device in the side panel: what is wrong and what to do, what it runs, what was wrong before.
 */

import { minutes, timeOfDay } from "../clock.js";
import { DEVICE_KIND, FAULT } from "../codes.js";
import { make } from "../elements.js";
import { AMENDMENT, CAUSE } from "../incident_codes.js";
import { part } from "../side.js";
import { advice } from "./advice.js";
import { faultWords, isDrifted, nameOf, stateChip } from "../standing.js";

/** Its parts.  `history`: its incidents, newest first, or null while nothing is known of them. */
export function detailParts(words, device, { devices, counters, zone, history, canWrite, copy }) {
  const wrong = faultWords(words, device);
  const steps = advice(device, isDrifted(device));
  const since = device.since ? words.say("since {time}", { time: timeOfDay(device.since, zone, true) }) : "";
  return [
    part(
      "",
      make("p.row__line", {}, stateChip(words, device.state), make("span.soft.small", {}, since)),
      wrong && device.state !== "unknown" ? make("p.detail__wrong", {}, wrong) : null,
    ),
    steps.length ? part(words.say("What to do"), make("ol.steps", {}, ...steps.map((step) => make("li", {}, words.say(step))))) : null,
    canWrite && (isDrifted(device) || device.fault === "config_drift") ? writeAgain(words, device, copy) : null,
    part(words.say("What it is"), facts(words, device, devices, counters)),
    part(words.say("Faults today"), past(words, device, history, zone)),
  ].filter(Boolean);
}

/** The line of the one who repairs: the page never touches a serial port. */
function writeAgain(words, device, copy) {
  const command = `python -m firmware_config apply BRANCH.yaml --device ${device.device}`;
  return part(
    words.say("Write its configuration again"),
    make("p", {}, words.say("On the branch computer; it writes, reads back and keeps the old one. BRANCH.yaml is your branch file.")),
    make(
      "div.command",
      {},
      make("code", {}, command),
      make("button.button.button--small", { type: "button", onclick: () => copy(command) }, words.say("Copy")),
    ),
  );
}

function facts(words, device, devices, counters) {
  const desk = counters.find((one) => one.counter === device.counter);
  const host = devices.find((one) => one.device === device.part_of);
  const lines = [
    [words.say("Device"), words.code(DEVICE_KIND, device.kind)],
    [words.say("Name in the branch file"), device.device],
    desk ? [words.say("Counter"), words.read(desk.name)] : null,
    host ? [words.say("Connected to"), nameOf(words, host)] : null,
    [words.say("Last heard"), make("span", { dataset: { heard: device.device } })],
    [words.say("Firmware"), device.firmware ?? words.say("not known")],
    device.config || device.expected_config ? [words.say("Configuration now"), device.config ?? words.say("not known")] : null,
    device.expected_config ? [words.say("Configuration expected"), device.expected_config] : null,
    device.detail ? [words.say("Its own words"), make("span.soft", { lang: "en" }, device.detail)] : null,
  ];
  return make(
    "dl.facts",
    {},
    ...lines.filter(Boolean).flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]),
  );
}

function past(words, device, history, zone) {
  if (history === null) {
    if (!device.last_fault) return make("p.soft", {}, words.say("None."));
    const at = device.last_fault_at ? timeOfDay(device.last_fault_at, zone, true) : "";
    return make("p", {}, [at, words.code(FAULT, device.last_fault)].filter(Boolean).join(" · "));
  }
  if (!history.length) return make("p.soft", {}, words.say("None."));
  return make("ol.past", {}, ...history.map((incident) => make("li", {}, ...episode(words, incident, zone))));
}

function episode(words, incident, zone) {
  const until = incident.closed_at ?? null;
  const isOver = until !== null || incident.amendments.includes("device_back");
  const from = timeOfDay(incident.opened_at, zone, true);
  const span = until
    ? words.say("{from} to {until}, {time}", {
        from,
        until: timeOfDay(until, zone, true),
        time: minutes(new Date(until) - new Date(incident.opened_at)),
      })
    : isOver
      ? words.say("{from}, over", { from })
      : words.say("since {time}", { time: from });
  const causes = [words.code(CAUSE, incident.cause), ...incident.amendments.map((code) => words.code(AMENDMENT, code))];
  return [
    make("b", {}, [...new Set(causes)].join(" → ")),
    make(`span.small${isOver ? ".soft" : ".detail__now"}`, {}, span),
    incident.numbers.length ? make("span.small.soft", {}, words.say("Numbers touched: {numbers}", { numbers: incident.numbers.join(" · ") })) : null,
  ].filter(Boolean);
}
