/**
 * Asking a person for what a command needs: choices, a line of text, a confirmation.  Native dialogs: they keep the
 * focus inside, close on Escape and give the focus back.
 *
 * An ask stays open until the server has answered; a refusal is said inside it, next to the button that was pressed.
 */

import { make } from "./elements.js";
import { Refused } from "./commands.js";

let asked = 0;

/**
 * @param {object} ask
 * @param {import("./words.js").Words} ask.words
 * @param {string} ask.title
 * @param {string} [ask.text] what will happen
 * @param {Array} [ask.fields] see `field`
 * @param {string} ask.confirm words of the button
 * @param {boolean} [ask.isDanger]
 * @param {(values: object) => Promise<void>} ask.act does it; raising Refused keeps the dialog open
 * @param {Array<{words: string, act: Function}>} [ask.others] other ways to answer
 * @returns {Promise<boolean>} whether it was done
 */
export function askFor({ words, title, text, fields = [], confirm, isDanger = false, act, others = [], isWide = false }) {
  asked += 1;
  const answer = make("p.dialog__answer", { role: "alert" });
  const parts = fields.map((description) => field(words, description, `ask-${asked}-${description.name}`));
  const buttons = [{ words: confirm, act, isMain: true }, ...others].map((way) =>
    make(
      `button.button${way.isMain ? (isDanger ? ".button--danger" : ".button--primary") : ""}`,
      { type: way.isMain ? "submit" : "button", onclick: way.isMain ? undefined : () => settle(way) },
      way.words,
    ),
  );
  const cancel = make("button.button", { type: "button", onclick: () => dialog.close() }, words.say("Cancel"));
  const heading = make("h2.dialog__head", { id: `ask-${asked}` }, title);
  const form = make(
    "form",
    { method: "dialog", novalidate: true, onsubmit: submit },
    heading,
    make("div.dialog__body", {}, text ? make("p", {}, text) : null, ...parts.map((part) => part.node)),
    make("div.dialog__foot", {}, answer, cancel, ...buttons.reverse()),
  );
  const dialog = make(`dialog.dialog${isWide ? ".dialog--wide" : ""}`, { "aria-labelledby": `ask-${asked}` }, form);
  let isDone = false;
  let isBusy = false;

  function values() {
    return Object.fromEntries(parts.map((part) => [part.name, part.value()]));
  }

  function submit(event) {
    event.preventDefault();
    settle({ act });
  }

  async function settle(way) {
    if (isBusy) return;
    const missing = parts.find((part) => part.isNeeded && !part.value());
    if (missing) {
      answer.textContent = words.say("Please choose or fill in: {field}", { field: missing.title });
      missing.focus();
      return;
    }
    isBusy = true;
    for (const button of buttons) button.setAttribute("aria-busy", "true");
    answer.textContent = "";
    try {
      await way.act(values());
      isDone = true;
      dialog.close();
    } catch (error) {
      answer.textContent =
        error instanceof Refused ? error.message : words.say("The server did not answer. Nothing is known to have changed.");
    } finally {
      isBusy = false;
      for (const button of buttons) button.removeAttribute("aria-busy");
    }
  }

  document.body.append(dialog);
  dialog.showModal();
  const first = parts[0];
  if (first) first.focus();
  // What cannot be undone must not happen to somebody who presses Enter twice.
  else (isDanger ? cancel : buttons.at(-1)).focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(isDone);
    });
  });
}

/**
 * A field: {name, title, kind: "choice" | "text" | "long", options: [{value, words, isOff}], value, isNeeded, other}.
 * `other`: words of a choice that opens a line of one's own.
 */
function field(words, { name, title, kind, options = [], value = "", isNeeded = false, other, limit = 80 }, id) {
  if (kind === "choice") return choiceField(words, { name, title, options, value, isNeeded, other }, id);
  const input = make(kind === "long" ? "textarea.input" : "input.input", {
    id,
    name,
    maxlength: String(limit),
    autocomplete: "off",
    "aria-required": String(isNeeded),
  });
  input.value = value;
  return {
    name,
    title,
    isNeeded,
    node: make("div.field", {}, make("label.field__name", { for: id }, title), input),
    value: () => input.value.trim(),
    focus: () => input.focus(),
  };
}

function choiceField(words, { name, title, options, value, isNeeded, other }, id) {
  const own = other ? make("input.input", { "aria-label": other, maxlength: "80", autocomplete: "off", hidden: true }) : null;
  const all = other ? [...options, { value: " own", words: other }] : options;
  const radios = all.map((option) =>
    make("input", {
      type: "radio",
      name: `${id}-${name}`,
      value: option.value,
      checked: option.value === value,
      disabled: Boolean(option.isOff),
    }),
  );
  const chosen = () => radios.find((radio) => radio.checked)?.value ?? "";
  const node = make(
    "fieldset.field",
    {
      onkeydown: (event) => {
        const radio = event.target.type === "radio" ? radios[Number(event.key) - 1] : undefined;
        if (!radio || radio.disabled) return;
        event.preventDefault();
        radio.click();
        if (chosen() !== " own") radio.focus();
      },
      onchange: () => {
        if (!own) return;
        own.hidden = chosen() !== " own";
        if (!own.hidden) own.focus();
      },
    },
    make("legend.field__name", {}, title),
    make("div.choices", {}, ...all.map((option, index) => make("label.choice", {}, radios[index], make("span", {}, option.words)))),
    own,
  );
  return {
    name,
    title,
    isNeeded,
    node,
    value: () => (chosen() === " own" ? own.value.trim() : chosen()),
    focus: () => (radios.find((radio) => radio.checked) ?? radios.find((radio) => !radio.disabled))?.focus(),
  };
}
