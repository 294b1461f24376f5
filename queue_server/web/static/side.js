/**
 * The side panel: it shows one thing at a time, keeps the hall visible, and gives the focus back when it closes.
 */

import { timeOfDay } from "./clock.js";
import { find, fill, make, write } from "./elements.js";

export function makeSide({ words, commands, zone }) {
  const side = find("#side");
  const body = find("#side-body");
  const title = find("#side-title");
  let cameFrom = null;
  let shown = 0;

  function close() {
    if (side.hidden) return;
    side.hidden = true;
    shown += 1;
    cameFrom?.focus();
  }

  find("#side-close").addEventListener("click", close);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !document.querySelector("dialog[open]")) close();
  });

  /** Show `heading` with `parts`; `story`: the number whose story is fetched and put below. */
  async function open(heading, parts, story = null) {
    if (side.hidden) cameFrom = document.activeElement;
    shown += 1;
    const mine = shown;
    side.hidden = false;
    write(title, heading);
    const lines = story ? part(words.say("Story of {number}", { number: story }), make("p.soft", {}, words.say("Reading…"))) : null;
    fill(body, [...parts, lines]);
    body.scrollTop = 0;
    title.focus();
    if (!story) return;
    let told;
    try {
      const answer = await commands.read(`/tickets/${encodeURIComponent(story)}/story?lang=${words.language}`);
      told = answer.lines.length
        ? storyList(answer.lines, zone())
        : make("p.soft", {}, words.say("Nothing is recorded of it."));
    } catch {
      told = make("p.soft", {}, words.say("The story could not be read."));
    }
    // Somebody may have opened something else meanwhile.
    if (mine === shown) lines.lastElementChild.replaceWith(told);
  }

  /** Other parts of the same thing: what was scrolled to and what has the focus stay where they can. */
  function refill(parts) {
    if (side.hidden) return;
    const { scrollTop } = body;
    const hadFocus = body.contains(document.activeElement);
    fill(body, parts);
    body.scrollTop = scrollTop;
    if (hadFocus) title.focus();
  }

  /** Whether something is shown: what somebody has put away must not come back by itself. */
  function isOpen() {
    return !side.hidden;
  }

  return { open, close, refill, isOpen };
}

/** A headed piece of the panel. */
export function part(title, ...children) {
  return make("section.side__part", {}, title ? make("h3", {}, title) : null, ...children);
}

function storyList(lines, zone) {
  return make(
    "ol.story",
    {},
    ...lines.map((line) => make("li", {}, make("time", {}, timeOfDay(line.at, zone, true)), make("span", {}, line.text))),
  );
}
