/**
 * One ticket's detail in the side panel: who went before it and why (J3), and its transactions to correct (T6).
 */

import { minutes, timeOfDay } from "../clock.js";
import { PLACE_REASON, RATING } from "../codes.js";
import { make } from "../elements.js";
import { chip } from "../marks.js";
import { part } from "../side.js";
import { nameOf } from "../standing.js";

/** `correct(transaction)` is called for the one whose button was pressed. */
export function ticketParts(words, ticket, sections, correct) {
  const { zone } = sections.branch;
  const failed = new Set([...ticket.devices, ...ticket.transactions.flatMap((one) => one.devices)]);
  return [
    ticket.rating ? part(words.say("Customer's rating"), make("p", {}, ratingWords(words, ticket.rating))) : null,
    failed.size ? part(words.say("Devices that failed meanwhile"), make("p", {}, [...failed].map((id) => deviceWords(words, id, sections.devices)).join(" · "))) : null,
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

/** Not rated is its own outcome, never satisfied (H4). */
function ratingWords(words, { rating, is_open: isOpen }) {
  if (rating) return words.code(RATING, rating);
  return isOpen ? words.say("Being asked") : words.say("Not rated");
}

function deviceWords(words, id, devices) {
  const device = devices.find((one) => one.device === id);
  return device ? nameOf(words, device) : id;
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
