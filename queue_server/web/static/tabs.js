/**
 * Tabs by mouse and by arrow keys: `#tab-<name>` shows `#list-<name>`.
 */

import { find } from "./elements.js";

/** Returns `show(name, takesFocus)`. */
export function makeTabs(names) {
  const tabs = names.map((name) => find(`#tab-${name}`));
  const show = (name, takesFocus = false) => {
    for (const [index, one] of names.entries()) {
      tabs[index].setAttribute("aria-selected", String(one === name));
      tabs[index].tabIndex = one === name ? 0 : -1;
      find(`#list-${one}`).hidden = one !== name;
    }
    if (takesFocus) tabs[names.indexOf(name)].focus();
  };
  for (const [index, tab] of tabs.entries()) {
    tab.addEventListener("click", () => show(names[index]));
    tab.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (step) show(names[(index + step + names.length) % names.length], true);
      if (event.key === "ArrowDown") {
        event.preventDefault();
        buttonsOf(names[index])[0]?.focus();
      }
    });
  }
  for (const name of names) {
    find(`#list-${name}`).addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      const buttons = buttonsOf(name);
      const next = buttons.indexOf(document.activeElement) + step;
      if (next < 0) find(`#tab-${name}`).focus();
      else buttons[next]?.focus();
    });
  }
  return show;
}

function buttonsOf(name) {
  return [...find(`#list-${name}`).querySelectorAll("button")].filter((button) => button.offsetParent !== null);
}
