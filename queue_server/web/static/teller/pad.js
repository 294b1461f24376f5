/**
 * The sixteen keys on the screen and on the keyboard.  What a key does is in `acts`, sending is in `press`.
 */

import { secondsLeft } from "../clock.js";
import { fill, make, write } from "../elements.js";
import { KEYS, keyNow, SITUATION, situation, untilNoShow } from "./acts.js";

/** Make the pad; `pressed(key)` is called for every press, allowed or not. */
export function makePad(box, pressed) {
  fill(
    box,
    KEYS.map((key) =>
      make(
        `button.key${key.row === 1 ? ".key--tall" : ""}`,
        { type: "button", dataset: { key: key.id }, "aria-keyshortcuts": key.cap, onclick: () => pressed(key) },
        make("span.key__words"),
        make("span.key__more", { hidden: true }),
        make("kbd", { "aria-hidden": "true" }, key.cap),
      ),
    ),
  );
}

/**
 * Write the keys as they stand.  `busy`: the key being answered; `isOff`: nothing may be pressed at all.
 */
export function showPad(box, words, counter, ageMs, busy, isOff) {
  const now = situation(counter);
  const noShow = untilNoShow(counter, ageMs);
  for (const node of box.children) {
    const key = KEYS.find((one) => one.id === node.dataset.key);
    const face = keyNow(key, now, Boolean(counter.pause_requested));
    write(node.firstChild, words.say(face.words));
    node.classList.toggle("key--main", face.isMain && !isOff);
    node.classList.toggle("key--busy", busy === key.id);
    const isEarly = key.id === "no-show" && noShow !== null && (noShow.leftMs > 0 || noShow.announcementsLeft > 0);
    node.setAttribute("aria-disabled", String(isOff || face.isOff || isEarly || busy !== null));
    if (key.id === "no-show") showCountdown(node, words, noShow);
  }
}

function showCountdown(node, words, noShow) {
  const more = node.children[1];
  more.hidden = noShow === null;
  if (noShow === null) return;
  write(more, countdown(words, noShow));
}

/** "Calls needed: 2" while announcements are missing, then "in 12 s", then nothing stands in the way (N1). */
export function countdown(words, { leftMs, announcementsLeft }) {
  const wait = secondsLeft(leftMs);
  if (announcementsLeft > 0 && wait > 0) return words.say("Calls needed: {count} · {wait} s", { count: announcementsLeft, wait });
  if (announcementsLeft > 0) return words.say("Calls needed: {count}", { count: announcementsLeft });
  return wait > 0 ? words.say("in {wait} s", { wait }) : words.say("allowed now");
}

/** Why this key does nothing now, in words, or null when it does something. */
export function whyOff(words, key, counter, ageMs) {
  const now = situation(counter);
  const face = keyNow(key, now, Boolean(counter.pause_requested));
  if (face.isOff)
    return words.say("“{key}” does nothing while {situation}.", {
      key: words.say(face.words),
      situation: words.say(SITUATION[now]),
    });
  const noShow = key.id === "no-show" ? untilNoShow(counter, ageMs) : null;
  if (noShow && (noShow.leftMs > 0 || noShow.announcementsLeft > 0))
    return words.say("No-show is not allowed yet: {rest}.", { rest: countdown(words, noShow) });
  return null;
}

/** Listen to the keyboard.  `isOn()`: whether letters are shortcuts now; `other(code)`: for keys that are not the pad's. */
export function listen(pressed, isOn, other) {
  document.addEventListener("keydown", (event) => {
    // A key held down is one press; a shortcut of the browser is not ours; what is typed into a field is text.
    if (event.repeat || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.target.closest("input, textarea, select, dialog")) return;
    if (other(event)) {
      event.preventDefault();
      return;
    }
    if (!isOn() || event.shiftKey) return;
    const key = KEYS.find((one) => one.code === event.code);
    if (!key) return;
    event.preventDefault();
    pressed(key);
  });
}
