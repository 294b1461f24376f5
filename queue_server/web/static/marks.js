/**
 * Small marks beside a ticket: why it stands where it stands, how late it is, what went wrong with its slip.
 */

import { ATTRIBUTION, CUSTOMER_CLASS, HOLD_REASON, MISSED_OUTCOME, PLACE_REASON, PRINT_STATE } from "./codes.js";
import { timeOfDay } from "./clock.js";
import { make } from "./elements.js";

export function chip(text, level = "") {
  return make(`span.chip${level ? `.chip--${level}` : ""}`, {}, text);
}

/** How late a wait is: the branch's wait levels as colours. */
export function waitLevel(ticket) {
  return ticket.is_beyond_quote || ticket.wait_level >= 20 ? "bad" : ticket.wait_level >= 10 ? "warn" : "good";
}

export function waitingMarks(words, ticket) {
  const own = ticket.customer_class === "ordinary" ? [] : [ticket.customer_class];
  const reasons = [...new Set([...own, ...ticket.reasons])];
  return [
    ...reasons.map((reason) =>
      chip(words.code({ ...CUSTOMER_CLASS, ...PLACE_REASON }, reason), reason in CUSTOMER_CLASS ? "accent" : ""),
    ),
    ticket.misses ? chip(words.say("Missed ×{count}", { count: ticket.misses })) : null,
    ticket.overtaken
      ? chip(words.say("Overtaken ×{count}", { count: ticket.overtaken }), ticket.overtaken >= 3 ? "bad" : "warn")
      : null,
    ticket.is_beyond_quote ? chip(words.say("Longer than told"), "bad") : null,
    ["failed", "unknown"].includes(ticket.print_state) ? chip(words.code(PRINT_STATE, ticket.print_state), "bad") : null,
  ];
}

export function heldMarks(words, item) {
  return [
    chip(words.code(HOLD_REASON, item.reason)),
    make("span.soft.small", {}, words.say("Counter {counter}", { counter: item.counter })),
  ];
}

export function missedMarks(words, item, zone) {
  return [
    chip(words.code(MISSED_OUTCOME, item.outcome), item.outcome === "void" ? "bad" : "warn"),
    item.attribution === "customer"
      ? null
      : chip(words.say("Because of: {who}", { who: words.code(ATTRIBUTION, item.attribution) }), "bad"),
    make(
      "span.soft.small",
      {},
      item.held_until
        ? words.say("until {time}", { time: timeOfDay(item.held_until, zone) })
        : words.say("at {time}", { time: timeOfDay(item.missed_at, zone) }),
    ),
  ];
}

/** The last word about one announcement. */
export function heardWords(words, announced) {
  if (announced.is_unheard) return words.say("unheard");
  if (announced.spoken_at) return words.say("spoken");
  return announced.shown_at ? words.say("shown") : words.say("on its way");
}
