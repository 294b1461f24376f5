/**
 * Tellers who call the supervisor (C8): always in sight, with the time running until somebody answers.
 */

import { minutes } from "../clock.js";
import { draw, fill, find, keepRows, make, write } from "../elements.js";

const BELL = "M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21.5h4M12 5V3";

/** Those nobody answered before those somebody goes to; the wire's order, the oldest first, within both. */
export function openFirst(calls) {
  return [...calls.filter(isOpen), ...calls.filter((call) => !isOpen(call))];
}

export function isOpen(call) {
  return call.answered_at === null;
}

/** Write the calls; `answer(call)` when the lobby manager goes. */
export function showSupervisors(words, calls, answer) {
  keepRows(find("#supervisors"), openFirst(calls), (call) => call.call_id, () => build(answer), (row, call) => {
    row.call = call;
    row.dataset.is = isOpen(call) ? "called" : "answered";
    const [, who, , line, button] = row.children;
    write(who, words.say("Supervisor to {counter}", { counter: words.read(call.counter_name) }));
    const about = isOpen(call)
      ? [words.read(call.teller_name) || call.teller, call.number].filter(Boolean).join(" · ")
      : words.say("{who} is on it, after {time}", {
          who: words.read(call.answered_by_name) || call.answered_by,
          time: minutes(call.response_ms),
        });
    const saying = `${about} ${call.is_escalated} ${words.language}`;
    if (line.dataset.saying !== saying) {
      line.dataset.saying = saying;
      fill(line, [
        make("span", {}, about),
        call.is_escalated ? make("span.supervisor__escalated", {}, words.say("Branch head was told")) : null,
      ]);
    }
    write(button, words.say("I am on it"));
    button.hidden = !isOpen(call);
  });
}

function build(answer) {
  const row = make(
    "li.supervisor",
    {},
    draw("svg", { class: "supervisor__icon", viewBox: "0 0 24 24", "aria-hidden": "true" }, draw("path", { d: BELL })),
    make("span.supervisor__who"),
    make("span.supervisor__time"),
    make("span.supervisor__line"),
    make("button.button.button--small", { type: "button", onclick: () => answer(row.call) }),
  );
  return row;
}

/** The running response times, each second. */
export function tickSupervisors(calls, ageMs) {
  for (const row of find("#supervisors").children) {
    const call = calls.find((one) => String(one.call_id) === row.dataset.key);
    if (call) write(row.children[2], isOpen(call) ? minutes(call.waited_ms + ageMs) : "");
  }
}
