/**
 * Incidents (= potential complaints): the list, and one with all its evidence (N3, J2, I2, I4).
 */

import { minutes, timeOfDay } from "../clock.js";
import {
  ATTRIBUTION,
  CALL_REASON,
  COUNTER_STATE,
  CUSTOMER_CLASS,
  deviceName,
  MISSED_OUTCOME,
  PAUSE_REASON,
  PLACE_REASON,
  PRINT_STATE,
  RATING,
} from "../codes.js";
import { find, fill, keepRows, make, write } from "../elements.js";
import { AMENDMENT, CAUSE, FACT, HIDDEN_FACTS, INCIDENT_KIND, SEVERITY, SEVERITY_REASON } from "../incident_codes.js";
import { chip } from "../marks.js";
import { part } from "../side.js";
import { nameOf } from "../standing.js";

const MACHINES = new Set(["device_fault", "ticket_not_printed"]);
const SEVERITY_LEVEL = { 1: "", 2: "warn", 3: "bad", 4: "bad" };

export function showIncidents(words, incidents, zone, open) {
  keepRows(
    find("#incidents"),
    incidents,
    (incident) => incident.incident_id,
    () => {
      const row = make("li");
      row.append(
        make(
          "button.incident",
          { type: "button", onclick: () => open(row.incident) },
          make("span.incident__kind"),
          make("time.soft.small"),
          make("span.incident__line"),
        ),
      );
      return row;
    },
    (row, incident) => {
      row.incident = incident;
      const button = row.firstElementChild;
      button.dataset.severity = incident.severity;
      write(button.children[0], incidentTitle(words, incident));
      write(button.children[1], timeOfDay(incident.opened_at, zone, true));
      fill(button.children[2], [
        chip(words.code(SEVERITY, incident.severity), SEVERITY_LEVEL[incident.severity]),
        chip(words.code(ATTRIBUTION, incident.attribution)),
        make("span.small.soft", {}, words.code(CAUSE, incident.cause)),
        incident.closed_at ? chip(words.say("It is over"), "good") : null,
      ]);
    },
  );
}

/** "Missed number A012 · counter 3". */
export function incidentTitle(words, incident) {
  const parts = [words.code(INCIDENT_KIND, incident.kind)];
  const { device, device_kind: kind } = incident.facts;
  if (device) parts.push(deviceName(words, kind, device));
  if (incident.number) parts.push(incident.number);
  if (incident.counter) parts.push(words.say("Counter {counter}", { counter: incident.counter }));
  return parts.join(" · ");
}

/** The evidence as parts of the side panel. */
export function incidentParts(words, incident, sections) {
  const { zone } = sections.branch;
  return [
    part(
      "",
      make(
        "div.side__chips",
        {},
        chip(words.say("Severity: {severity}", { severity: words.code(SEVERITY, incident.severity) }), SEVERITY_LEVEL[incident.severity]),
        chip(words.say("Because of: {who}", { who: words.code(ATTRIBUTION, incident.attribution) }), "accent"),
        ...incident.severity_reasons.map((reason) => chip(words.code(SEVERITY_REASON, reason), "warn")),
      ),
      make(
        "p",
        {},
        [
          words.code(CAUSE, incident.cause),
          timeOfDay(incident.opened_at, zone, true),
          words.read(incident.teller_name) || incident.teller,
        ]
          .filter(Boolean)
          .join(" · "),
      ),
      hasOwnNote(incident) ? make("p", {}, words.say("Note: {note}", { note: words.code({ ...CALL_REASON, ...PAUSE_REASON }, incident.note) })) : null,
    ),
    incident.announcements.length ? part(words.say("Was the customer called?"), announcementTable(words, incident, zone)) : null,
    incident.passed_over.length
      ? part(
          words.say("Who was passed over, and why"),
          make(
            "ul",
            {},
            ...incident.passed_over.map((one) =>
              make("li.row__line", {}, make("b", {}, one.number), chip(words.code(PLACE_REASON, one.reason), one.reason === "out_of_order" ? "bad" : "")),
            ),
          ),
        )
      : null,
    Object.keys(incident.facts).length ? part(words.say("Figures of the moment"), factList(words, incident, sections)) : null,
    incident.numbers.length ? part(words.say("Numbers touched"), make("p", {}, incident.numbers.join(" · "))) : null,
    incident.closed_at ? part(words.say("It is over"), make("p", {}, overWords(words, incident, zone))) : null,
    incident.amendments.length
      ? part(words.say("What became known later"), make("ul", {}, ...incident.amendments.map((one) => make("li", {}, amendment(words, one)))))
      : null,
  ].filter(Boolean);
}

function overWords(words, { opened_at: from, closed_at: until }, zone) {
  return words.say("{from} to {until}, {time}", {
    from: timeOfDay(from, zone, true),
    until: timeOfDay(until, zone, true),
    time: minutes(new Date(until) - new Date(from)),
  });
}

/** What a machine notes in its own words is said by its code; a person's note is a person's. */
function hasOwnNote({ kind, cause, note }) {
  return Boolean(note) && !(MACHINES.has(kind) && cause in CAUSE);
}

function amendment(words, code) {
  return /^\d+%$/.test(code)
    ? words.say("Reached {percent} of the standard", { percent: code })
    : words.code(AMENDMENT, code);
}

function announcementTable(words, incident, zone) {
  const cell = (at) =>
    at ? make("td.is-good", {}, timeOfDay(at, zone, true)) : make("td.is-bad", {}, words.say("no"));
  return make(
    "table.evidence",
    {},
    make(
      "thead",
      {},
      make("tr", {}, ...["#", words.say("Called at"), words.say("Shown"), words.say("Spoken"), ""].map((text) => make("th", { scope: "col" }, text))),
    ),
    make(
      "tbody",
      {},
      ...incident.announcements.map((one, index) =>
        make(
          "tr",
          {},
          make("th", { scope: "row" }, String(index + 1)),
          make("td", {}, timeOfDay(one.at, zone, true)),
          cell(one.shown_at),
          cell(one.spoken_at),
          make("td.is-bad", {}, one.is_unheard ? words.say("unheard") : ""),
        ),
      ),
    ),
  );
}

function factList(words, { facts, numbers }, sections) {
  // All whom it touched are told below; those of the first moment are among them.
  const isTold = (name) => HIDDEN_FACTS.has(name) || (name === "touched" && numbers.length > 0);
  const shown = Object.entries(facts).filter(([name, value]) => value !== "" && !isTold(name));
  return make(
    "dl.facts",
    {},
    ...shown.flatMap(([name, value]) => [
      make("dt", {}, words.code(FACT, name)),
      make("dd", {}, name === "device" ? deviceName(words, facts.device_kind, value) : factWords(words, name, value, sections)),
    ]),
  );
}

/** One figure as people read it. */
export function factWords(words, name, value, sections) {
  if (name === "gaps_ms") return value.split(" ").map((gap) => words.say("{count} s", { count: Math.round(Number(gap) / 1000) })).join(" · ");
  if (name.endsWith("_ms")) return minutes(Number(value));
  if (name.endsWith("_s")) return minutes(Number(value) * 1000);
  if (name.endsWith("_min")) return words.say("{count} min", { count: value });
  if (name === "is_consented") return value === "True" || value === "true" ? words.say("yes") : words.say("no");
  if (name === "service" || name === "transaction_service") {
    const service = sections.branch.services.find((one) => one.service === value);
    return service ? words.read(service.name) : value;
  }
  if (name === "part_of") {
    const host = sections.devices.find((one) => one.device === value);
    return host ? nameOf(words, host) : value;
  }
  if (name === "counters") {
    const named = (code) => sections.counters.find((one) => one.counter === code)?.name;
    return value.split(" ").map((code) => words.read(named(code)) || code).join(" · ");
  }
  if (name === "touched") return value.split(" ").join(" · ");
  const tables = { customer_class: CUSTOMER_CLASS, rating: RATING, outcome: MISSED_OUTCOME, print_state: PRINT_STATE, how: COUNTER_STATE };
  return tables[name] ? words.code(tables[name], value) : value;
}
