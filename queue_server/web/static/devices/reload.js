/**
 * "Reload configuration": either all of the branch file counts, or none of it, and then every problem is shown with
 * its place.  The server checks; this page only tells.
 */

import { Refused } from "../commands.js";
import { make } from "../elements.js";

/**
 * Ask the server to read its branch file again, and tell what became of it.
 * `send()` raises what `commands` raises; `named(id)` is what people call a device.
 */
export async function reload({ words, send, named }) {
  let answer;
  try {
    answer = await send();
  } catch (error) {
    if (error instanceof Refused) return told(words, words.say("Refused: nothing was changed"), refusal(words, error));
    return told(words, words.say("Not known"), [
      make("p", {}, words.say("The server did not answer. Nothing is known to have changed.")),
    ]);
  }
  return told(words, words.say("Configuration reloaded"), outcome(words, answer, named));
}

function refusal(words, error) {
  const problems = error.details?.problems ?? [];
  if (!problems.length) return [make("p", {}, error.message)];
  return [
    make("p", {}, words.say("Problems found: {count}. The hall goes on with the old configuration.", { count: problems.length })),
    make(
      "ol.problems",
      {},
      ...problems.map((one) =>
        make("li", {}, place(one), one.key ? make("code", {}, one.key) : null, make("span", {}, one.message)),
      ),
    ),
  ];
}

/** `virtual.yaml:12:7`; the folder is the same for all of them and stands behind it. */
function place({ file, line, column }) {
  const name = file.split(/[\\/]/).at(-1);
  return make("code.problems__place", { title: `${file}:${line}:${column}` }, `${name}:${line}:${column}`);
}

function outcome(words, { changed, restarts }, named) {
  return [
    make("p", {}, changed.length ? words.say("In force now:") : words.say("Nothing had changed in the file.")),
    changed.length ? make("ul.problems", {}, ...changed.map((key) => make("li", {}, make("code", {}, key)))) : null,
    restarts.length
      ? make("p", {}, words.say("Start these again, they read their part when they start: {devices}", { devices: restarts.map(named).join(words.isEnglish ? ", " : "、") }))
      : null,
  ];
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
