/**
 * One ticket's detail in the side panel: who went before it and why (J3), and its transactions to correct (T6).
 */

import { minutes, timeOfDay } from "../clock.js";
import { PLACE_REASON } from "../codes.js";
import { make } from "../elements.js";
import { chip } from "../marks.js";
import { part } from "../side.js";

/** `correct(transaction)` is called for the one whose button was pressed. */
export function ticketParts(words, ticket, sections, correct) {
  const { zone } = sections.branch;
  return [
    ticket.overtaken.length
      ? part(words.say("Overtaken by whom, and why"), make("ul", {}, ...ticket.overtaken.map((one) => overtaken(words, one, zone))))
      : null,
    ticket.transactions.length
      ? part(
          words.say("Transactions"),
          make("ul", {}, ...ticket.transactions.map((one) => transaction(words, one, sections, correct))),
        )
      : null,
  ].filter(Boolean);
}

function overtaken(words, one, zone) {
  return make(
    "li.row__line",
    {},
    make("b", {}, one.by),
    chip(words.code(PLACE_REASON, one.reason), one.reason === "out_of_order" ? "bad" : ""),
    make("time.soft.small", {}, timeOfDay(one.at, zone, true)),
  );
}

function transaction(words, one, { branch }, correct) {
  const service = branch.services.find((known) => known.service === one.service);
  const band = branch.amount_bands.find((known) => known.amount_band === one.amount_band);
  const what = [service ? words.read(service.name) : one.service, band ? words.read(band.name) : "", minutes(one.spent_ms)];
  return make(
    "li.row__line",
    {},
    make("span.row__main", {}, what.filter(Boolean).join(" · ")),
    make("button.button.button--small", { type: "button", onclick: () => correct(one) }, words.say("Correct")),
  );
}
