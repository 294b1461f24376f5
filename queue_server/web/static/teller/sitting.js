/**
 * The dark panel: who sits at the counter, the running time against the standard, what was announced.
 */

import { CALL_REASON, CUSTOMER_CLASS, PAUSE_REASON, PHASE } from "../codes.js";
import { minutes, standing, timeOfDay } from "../clock.js";
import { fill, find, keepRows, make, write } from "../elements.js";
import { chip, heardWords } from "../marks.js";
import { faultWords, isWrong, nameOf } from "../standing.js";
import { word } from "../words.js";
import { situation, spentNow, timesNow } from "./acts.js";

const WHAT = {
  closed: word("This counter is"),
  free: word("Next in the queue"),
  calling: word("Calling"),
  serving: word("Serving"),
  away: word("Away from the seat"),
  wrap_up: word("Wrapping up"),
  paused: word("This counter is"),
  no_ticket: word("Serving"),
};

/** The name of the clock, by how the transaction stands. */
const STANDING = {
  none: word("Transaction"),
  good: word("Transaction"),
  warn: word("Nearly over"),
  bad: word("Over standard"),
};

/** What changes with a delta, not with the second. */
export function showSitting(words, sections) {
  const { counter, waiting, choices } = sections;
  const now = situation(counter);
  const { ticket } = counter;
  const panel = find("#sitting");
  panel.dataset.now = now;
  write(find("#what"), words.say(WHAT[now]));
  const { big, line } = headline(words, now, counter, waiting, choices);
  const number = find("#number");
  write(number, big);
  number.toggleAttribute("data-long", !/^[A-Z]{1,2}\d{1,4}$/.test(big));
  write(find("#service"), line);
  fill(find("#marks"), [...(ticket ? ticketMarks(words, counter) : counterMarks(words, counter)), ...troubles(words, sections.devices)]);
  showAnnouncements(words, ticket, choices?.zone);
  const isUnheard = now === "calling" && Boolean(ticket?.is_unheard);
  panel.toggleAttribute("data-unheard", isUnheard);
  find("#callout").hidden = !isUnheard;
  const alarm = find("#alarm");
  alarm.hidden = !isUnheard;
  if (isUnheard) {
    const shout = words.say("{number}, please come to {counter}", {
      number: ticket.number,
      counter: words.read(counter.name),
    });
    write(find("#callout-words"), shout);
    write(alarm, words.say("Display offline – call out: {shout}", { shout }));
  }
  return isUnheard;
}

function headline(words, now, counter, waiting, choices) {
  if (counter.ticket) {
    const { ticket } = counter;
    const name = words.read(ticket.transaction?.service_name ?? ticket.service_name);
    const band = choices?.amount_bands.find((one) => one.amount_band === ticket.transaction?.amount_band);
    return { big: ticket.number, line: band ? `${name} · ${words.read(band.name)}` : name };
  }
  const [next] = waiting;
  if (now === "free")
    return next
      ? { big: next.number, line: words.read(next.service_name) }
      : { big: words.say("Nobody waits"), line: words.say("New numbers appear here by themselves.") };
  if (now === "paused")
    return {
      big: words.say("Paused"),
      line: words.say("{reason}, since {time}", {
        reason: words.code(PAUSE_REASON, counter.reason),
        time: timeOfDay(counter.since, choices?.zone),
      }),
    };
  if (now === "no_ticket") return { big: words.say("Without number"), line: words.code(CALL_REASON, counter.reason) };
  return { big: words.say("Closed"), line: words.say("Open the counter to call customers.") };
}

function ticketMarks(words, counter) {
  const { ticket } = counter;
  return [
    ticket.customer_class === "ordinary" ? null : chip(words.code(CUSTOMER_CLASS, ticket.customer_class), "warn"),
    ticket.misses ? chip(words.say("Missed ×{count}", { count: ticket.misses }), "warn") : null,
    ticket.is_device_affected ? chip(words.say("A device failed during this visit"), "bad") : null,
    ticket.transactions_done ? chip(words.say("Transaction {index}", { index: ticket.transactions_done + 1 })) : null,
    pauseMark(words, counter),
  ];
}

function counterMarks(words, counter) {
  return [pauseMark(words, counter)];
}

/** What is wrong with the devices of this counter; of a line that is out of order the line says it all. */
function troubles(words, devices) {
  const out = new Set(devices.filter((one) => one.state === "offline").map((one) => one.device));
  return devices.filter((one) => isWrong(one) && !out.has(one.part_of)).map((device) => chip(words.say("{device}: {state}", { device: nameOf(words, device), state: faultWords(words, device) }), "bad"));
}

function pauseMark(words, counter) {
  return counter.pause_requested
    ? chip(words.say("Pause asked for: waiting for consent ({reason})", { reason: words.code(PAUSE_REASON, counter.pause_requested) }), "warn")
    : null;
}

function showAnnouncements(words, ticket, zone) {
  const isCalling = ticket?.phase === "way";
  find("#announced").hidden = !isCalling;
  find("#times").hidden = isCalling;
  keepRows(
    find("#announced"),
    isCalling ? ticket.announcements.slice(-4) : [],
    (one) => one.announcement_id,
    () => make("li"),
    (row, one) => {
      const index = ticket.announcements.indexOf(one) + 1;
      const heard = heardWords(words, one);
      row.toggleAttribute("data-unheard", one.is_unheard);
      write(row, words.say("Call {index} · {time} · {heard}", { index, time: timeOfDay(one.at, zone, true), heard }));
    },
  );
}

/** What changes with the second. */
export function tickSitting(words, sections, ageMs, waitingAgeMs) {
  const { counter, waiting } = sections;
  const { ticket } = counter;
  const panel = find("#sitting");
  const box = find("#time-box");
  const now = situation(counter);
  const shown = bigTime(words, now, ticket, waiting, ageMs, waitingAgeMs);
  panel.dataset.level = shown.level;
  box.hidden = shown.time === null;
  const time = minutes(shown.time ?? 0);
  box.toggleAttribute("data-long", time.length > 5);
  write(find("#time-name"), shown.name);
  write(find("#time"), time);
  write(find("#limit"), shown.limit);
  const ring = find("#ring");
  ring.style.strokeDasharray = `${Math.min(shown.part, 1) * 100} 100`;
  // A round end of nothing is still a dot.
  ring.style.visibility = shown.part > 0 ? "visible" : "hidden";
  const times = ticket && ticket.phase !== "way" ? timesNow(ticket, ageMs) : null;
  keepRows(
    find("#times"),
    Object.keys(PHASE),
    (phase) => phase,
    () => make("div", {}, make("dt"), make("dd")),
    (cell, phase) => {
      write(cell.firstChild, words.code(PHASE, phase));
      write(cell.lastChild, times ? minutes(times[phase] ?? 0) : "–");
      cell.toggleAttribute("data-running", Boolean(times) && ticket.phase === phase);
    },
  );
}

/** The big clock of each situation: its name, its time, its limit and how far it is used. */
function bigTime(words, now, ticket, waiting, ageMs, waitingAgeMs) {
  const quiet = { level: "none", part: 0, limit: "" };
  if (!ticket) {
    const next = now === "free" ? waiting[0] : undefined;
    return next
      ? { ...quiet, name: words.say("Waited"), time: next.waited_ms + waitingAgeMs }
      : { ...quiet, name: "", time: null };
  }
  if (now === "calling") return { ...quiet, name: words.say("Called for"), time: timesNow(ticket, ageMs).way };
  if (now === "wrap_up") return { ...quiet, name: words.say("Wrap-up"), time: timesNow(ticket, ageMs).wrap_up };
  const limit = ticket.transaction?.limit_s;
  const spent = spentNow(ticket, ageMs);
  const { part, level } = standing(spent, limit);
  return {
    level,
    part,
    name: words.say(STANDING[level]),
    time: spent,
    limit: limit ? words.say("Standard {time}", { time: minutes(limit * 1000) }) : words.say("No standard"),
  };
}
