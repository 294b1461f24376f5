/**
 * "Reload configuration": either all of the branch file counts, or none of it, and then every problem is shown with
 * its place.  The server checks; this page only tells.
 */

import { Refused } from "../commands.js";
import { make } from "../elements.js";

/** Ask the server to read its branch file again, and tell what became of it.  `send()` raises what `commands` raises. */
export async function reload({ words, send }) {
  let answer;
  try {
    answer = await send();
  } catch (error) {
    if (!(error instanceof Refused))
      return told(words, words.say("Not known"), [make("p", {}, words.say("The server did not answer. Nothing is known to have changed."))]);
    return told(words, words.say("Refused: nothing was changed"), refusal(words, error));
  }
  return told(words, words.say("Configuration reloaded"), outcome(words, answer));
}

function refusal(words, error) {
  const { problems = [] } = error.details ?? {};
  return [
    make("p", {}, problems.length ? words.say("Problems found: {count}. The hall goes on with the old configuration.", { count: problems.length }) : error.message),
    problems.length
      ? make(
          "ol.problems",
          {},
          ...problems.map((one) =>
            make("li", {}, make("code.problems__place", {}, place(one)), make("span", {}, typeof one === "string" ? "" : one.message), expected(words, one)),
          ),
        )
      : null,
  ];
}

/** `virtual.yaml:12:7` */
function place(problem) {
  if (typeof problem === "string") return problem;
  return [problem.file, problem.line, problem.column].filter((part) => part !== null && part !== undefined && part !== "").join(":");
}

function expected(words, problem) {
  return problem.expected ? make("span.soft", {}, words.say("Expected: {what}", { what: problem.expected })) : null;
}

function outcome(words, answer) {
  const changed = answer.changed ?? [];
  const restart = answer.needs_restart ?? [];
  return [
    make("p", {}, changed.length ? words.say("In force now:") : words.say("Nothing had changed in the file.")),
    changed.length ? list(changed) : null,
    restart.length ? make("p", {}, words.say("Needs a restart of the server to count:")) : null,
    restart.length ? list(restart) : null,
  ];
}

function list(items) {
  return make("ul.problems", {}, ...items.map((one) => make("li", {}, make("code", {}, String(one)))));
}

function told(words, title, parts) {
  const close = make("button.button.button--primary", { type: "button", onclick: () => dialog.close() }, words.say("Close"));
  const dialog = make(
    "dialog.dialog.dialog--wide",
    { "aria-labelledby": "reload-title", onclose: () => dialog.remove() },
    make("h2.dialog__head", { id: "reload-title" }, title),
    make("div.dialog__body", {}, ...parts.filter(Boolean)),
    make("div.dialog__foot", {}, make("span.dialog__answer"), close),
  );
  document.body.append(dialog);
  dialog.showModal();
  close.focus();
}
