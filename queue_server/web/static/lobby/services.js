/**
 * Today's figures and one card per service: how many wait, how long, who serves them.
 */

import { minutes } from "../clock.js";
import { find, keepRows, make, write } from "../elements.js";
import { word } from "../words.js";

const FIGURES = {
  issued: word("Numbers taken"),
  served: word("Served"),
  waiting: word("Waiting"),
  no_show: word("No-shows"),
  walked_out: word("Walked out"),
  diverted: word("Self-service"),
  cancelled: word("Given back"),
  over_standard: word("Over standard"),
  incidents: word("Events"),
};
const WORRYING = new Set(["walked_out", "over_standard", "incidents"]);

// The branch's own wait levels are on each ticket; a card only colours with them.
const LATE_MS = 10 * 60_000;
const TOO_LATE_MS = 20 * 60_000;

export function showFigures(words, today) {
  keepRows(find("#figures"), Object.keys(FIGURES), (key) => key, () => make("div", {}, make("dt"), make("dd")), (cell, key) => {
    write(cell.firstChild, words.code(FIGURES, key));
    write(cell.lastChild, String(today[key]));
    cell.dataset.level = WORRYING.has(key) && today[key] > 0 ? "bad" : "";
  });
}

export function showServices(words, services, ageMs) {
  keepRows(find("#services"), services, (service) => service.service, buildCard, (card, service) => {
    const [name, waiting, more] = card.children;
    const longest = service.waiting ? service.longest_wait_ms + ageMs : 0;
    card.dataset.level = !service.waiting ? "none" : longest >= TOO_LATE_MS ? "bad" : longest >= LATE_MS ? "warn" : "good";
    write(name, words.read(service.name));
    write(waiting, String(service.waiting));
    write(more.children[0].children[0], words.say("Longest wait"));
    write(more.children[0].children[1], service.waiting ? minutes(longest) : "–");
    write(more.children[1], expectation(words, service));
    write(more.children[2], words.say("{open} open · {served}/{issued}", { open: service.counters_open, ...service }));
  });
}

function expectation(words, service) {
  if (service.wait) return words.say("Expect {band}", { band: words.band(service.wait) });
  return service.counters_open ? words.say("No wait expected") : words.say("No counter open");
}

function buildCard() {
  return make(
    "div.panel.service",
    {},
    make("h3.service__name"),
    make("p.service__waiting"),
    make("p.service__more", {}, make("span", {}, make("span"), make("b")), make("span"), make("span")),
  );
}
