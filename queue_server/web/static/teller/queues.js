/**
 * The three lists at the right: who waits and why there, who is held, who missed the call.
 */

import { minutes } from "../clock.js";
import { find, write } from "../elements.js";
import { heldMarks, missedMarks, waitingMarks, waitLevel } from "../marks.js";
import { showRows, tickRows } from "../rows.js";

export const QUEUES = ["waiting", "held", "missed"];

/** Write the three lists.  `acts(kind, item)` gives the buttons of a row: [{words, run, isOff}]. */
export function showQueues(words, sections, acts) {
  const { counter, waiting, held, missed, choices } = sections;
  for (const name of QUEUES) write(find(`#count-${name}`), String(sections[name].length));
  const isFree = counter.state === "free";
  showRows(find("#list-waiting"), {
    items: waiting,
    empty: words.say("Nobody waits for this counter."),
    isFolded: true,
    say: (item) => ({
      title: words.read(item.service_name),
      marks: waitingMarks(words, item),
      level: waitLevel(item),
      isNext: isFree && item === waiting[0],
    }),
    acts: (item) => acts("waiting", item),
  });
  showRows(find("#list-held"), {
    items: held,
    empty: words.say("Nobody is on hold."),
    isFolded: false,
    say: (item) => ({ title: words.read(item.service_name), marks: heldMarks(words, item) }),
    acts: (item) => acts("held", item),
  });
  showRows(find("#list-missed"), {
    items: missed,
    empty: words.say("No missed numbers."),
    isFolded: false,
    say: (item) => ({ title: words.read(item.service_name), marks: missedMarks(words, item, choices.zone) }),
    acts: (item) => acts("missed", item),
  });
}

/** The times of the lists, each second. */
export function tickQueues(sections, ages) {
  tickRows(find("#list-waiting"), sections.waiting, (item) => minutes(item.waited_ms + ages.waiting));
  tickRows(find("#list-held"), sections.held, (item) => minutes(item.held_ms + ages.held));
}
