/**
 * The overlay of all keys, and the switch that turns letter shortcuts off (WCAG 2.1.4: somebody who dictates must not
 * call customers by speaking a word).
 */

import { make } from "../elements.js";
import { KEYS } from "./acts.js";

const LETTERS = "jiaohao.letters";

export function lettersAreOn() {
  return localStorage.getItem(LETTERS) !== "off";
}

export function helpDialog(words) {
  const line = (cap, text) => make("div", {}, make("kbd", {}, cap), make("span", {}, text));
  const switched = make("input", {
    type: "checkbox",
    id: "letters",
    onchange: () => localStorage.setItem(LETTERS, switched.checked ? "on" : "off"),
  });
  switched.checked = lettersAreOn();
  const dialog = make(
    "dialog.dialog.dialog--wide",
    { "aria-labelledby": "help-title", onclose: () => dialog.remove() },
    make("h2.dialog__head", { id: "help-title" }, words.say("Keys of the call pad")),
    make(
      "div.dialog__body",
      {},
      make(
        "div.keys-help",
        {},
        ...KEYS.map((key) =>
          line(key.cap, [...new Set([...Object.values(key.faces), ...(key.asked ? [key.asked] : [])].map((face) => words.say(face.words)))].join(" / ")),
        ),
        line("1 2 3", words.say("Waiting, held, missed")),
        line("↑ ↓", words.say("Move in a list")),
        line("Esc", words.say("Close a dialog")),
        line("?", words.say("This overview")),
      ),
      make("label.switch", { for: "letters" }, switched, make("span", {}, words.say("Letters and digits are shortcuts"))),
    ),
    make(
      "div.dialog__foot",
      {},
      make("span.dialog__answer"),
      make("button.button.button--primary", { type: "button", onclick: () => dialog.close() }, words.say("Close")),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
}
