/**
 * A list of tickets: number, what it is about, a time; its buttons open below the row, or stand there always.
 */

import { fill, keepRows, make, write } from "./elements.js";

/**
 * Write the rows of `box`.
 * @param {object} list
 * @param {Array} list.items
 * @param {string} list.empty what stands there when there are none
 * @param {boolean} list.isFolded whether the buttons open by pressing the row
 * @param {(item) => {number, title, marks, level, isNext}} list.say
 * @param {(item) => Array<{words, run, isOff}>} list.acts
 * @param {(item) => void} [list.open] what pressing the row does instead of unfolding
 */
export function showRows(box, { items, empty, isFolded, say, acts, open }) {
  let [list, nothing] = box.children;
  if (list?.tagName !== "UL") {
    list = make("ul");
    nothing = make("p.empty");
    fill(box, [list, nothing]);
  }
  write(nothing, empty);
  nothing.hidden = items.length > 0;
  keepRows(
    list,
    items,
    (item) => item.number,
    () => buildEntry(isFolded, Boolean(open)),
    (entry, item) => writeEntry(entry, item, say(item), acts(item), open),
  );
}

/** The times of rows, each second: `time(item)` in words. */
export function tickRows(box, items, time) {
  const entries = box.firstElementChild?.children ?? [];
  items.forEach((item, index) => {
    if (entries[index]) write(entries[index].firstElementChild.lastElementChild, time(item));
  });
}

function buildEntry(isFolded, opens) {
  const buttons = make("div.entry__acts", { hidden: isFolded });
  const isPressed = isFolded || opens;
  const entry = make("li.entry");
  const line = make(
    isPressed ? "button.row" : "div.row",
    isPressed
      ? {
          type: "button",
          "aria-expanded": isFolded ? "false" : null,
          onclick: () => {
            if (opens) {
              entry.open();
              return;
            }
            buttons.hidden = !buttons.hidden;
            line.setAttribute("aria-expanded", String(!buttons.hidden));
          },
        }
      : {},
    make("span.number"),
    make("span.row__main", {}, make("span.row__title"), make("span.row__line")),
    make("span.row__time"),
  );
  entry.append(line, buttons);
  return entry;
}

function writeEntry(entry, item, { number = item.number, title, marks, level = "good", isNext = false }, wanted, open) {
  entry.classList.toggle("entry--next", isNext);
  entry.open = open ? () => open(item) : null;
  const [line, buttons] = entry.children;
  write(line.children[0], number);
  write(line.children[1].children[0], title);
  fill(line.children[1].children[1], marks);
  line.children[2].dataset.level = level;
  const saying = JSON.stringify(wanted.map((act) => [act.words, Boolean(act.isOff)]));
  // Rebuilding the buttons of a row would take the focus from the one being pressed.
  if (buttons.dataset.saying !== saying) {
    buttons.dataset.saying = saying;
    fill(
      buttons,
      wanted.map((act, index) =>
        make(
          "button.button.button--small",
          { type: "button", "aria-disabled": String(Boolean(act.isOff)), onclick: () => buttons.runs[index]() },
          act.words,
        ),
      ),
    );
  }
  buttons.runs = wanted.map((act) => (act.isOff ? () => {} : act.run));
}
