/**
 * The counters: who sits there, which ticket, how it stands against its standard.
 */

import { minutes, standing, timeOfDay } from "../clock.js";
import { COUNTER_STATE, PAUSE_REASON } from "../codes.js";
import { find, fill, keepRows, make, write } from "../elements.js";
import { chip } from "../marks.js";
import { spentNow, timesNow } from "../teller/acts.js";

const LAMP = { closed: "", free: "good", calling: "warn", serving: "good", paused: "warn", no_ticket: "bad" };

/** Write the counters; `open(counter)` when one is pressed. */
export function showCounters(words, counters, zone, open) {
  keepRows(find("#counters"), counters, (counter) => counter.counter, () => buildDesk(open), (item, counter) => {
    item.counter = counter;
    const desk = item.firstElementChild;
    const [name, , what] = desk.children;
    fill(name, [
      make(`span.lamp${LAMP[counter.state] ? `.lamp--${LAMP[counter.state]}` : ""}`),
      make("b", {}, words.read(counter.name)),
      make("span.soft.small", {}, words.read(counter.teller_name) || ""),
    ]);
    fill(what, doing(words, counter));
    item.since = ["paused", "no_ticket"].includes(counter.state)
      ? words.say("since {time}", { time: timeOfDay(counter.since, zone) })
      : "";
  });
}

function doing(words, counter) {
  const { ticket } = counter;
  const parts = ticket
    ? [make("span.number", {}, ticket.number), make("span.small", {}, words.code(COUNTER_STATE, counter.state))]
    : [make("span", {}, words.code(COUNTER_STATE, counter.state))];
  if (counter.state === "paused") parts.push(chip(words.code(PAUSE_REASON, counter.reason), "warn"));
  if (ticket?.is_unheard) parts.push(chip(words.say("unheard"), "bad"));
  if (ticket?.phase === "seat_away") parts.push(chip(words.say("Away from seat"), "warn"));
  if (counter.pause_requested) parts.push(chip(words.say("Pause?"), "warn"));
  return parts;
}

function buildDesk(open) {
  const item = make("li");
  item.append(
    make(
      "button.desk",
      { type: "button", onclick: () => open(item.counter) },
      make("span.desk__name"),
      make("span.desk__time"),
      make("span.desk__what"),
      make("span.desk__limit.soft.small"),
      make("span.meter", {}, make("span.meter__fill")),
    ),
  );
  return item;
}

/** The running times, each second. */
export function tickCounters(words, counters, ageMs) {
  for (const item of find("#counters").children) {
    const counter = counters.find((one) => one.counter === item.dataset.key);
    if (counter) tickDesk(words, item.firstElementChild, counter, ageMs, item.since);
  }
}

function tickDesk(words, desk, { state, ticket }, ageMs, since) {
  const [, time, , limit, meter] = desk.children;
  const spent = ticket ? spentNow(ticket, ageMs) : 0;
  const limitS = ticket?.transaction?.limit_s;
  const { part, level } = standing(spent, limitS);
  desk.dataset.level = level;
  meter.className = `meter meter--${level}`;
  meter.style.visibility = limitS ? "visible" : "hidden";
  meter.style.setProperty("--part", Math.min(part, 1).toFixed(3));
  write(time, ticket ? minutes(state === "calling" ? timesNow(ticket, ageMs).way : spent) : "");
  write(limit, limitS ? `/ ${minutes(limitS * 1000)}` : state === "serving" ? words.say("No standard") : since);
}
