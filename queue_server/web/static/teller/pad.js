/**
 * The keys on the screen and on the keyboard.  What a key does is in `acts`, sending is in `press`.
 */

import { minutes, secondsLeft } from "../clock.js";
import { RATING } from "../codes.js";
import { fill, make, write } from "../elements.js";
import { KEYS, keyNow, SITUATION, situation, untilNoShow } from "./acts.js";

/** Make the pad; `pressed(key)` is called for every press, allowed or not. */
export function makePad(box, pressed) {
  fill(
    box,
    KEYS.map((key) =>
      make(
        `button.key${{ 1: ".key--tall", 5: ".key--wide" }[key.row] ?? ""}`,
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
  for (const node of box.children) {
    const key = KEYS.find((one) => one.id === node.dataset.key);
    const face = keyNow(key, now, Boolean(counter.pause_requested));
    write(node.firstChild, words.say(face.words));
    node.classList.toggle("key--main", face.isMain && !isOff);
    node.classList.toggle("key--busy", busy === key.id);
    const note = noteOf(words, key, counter, ageMs);
    node.setAttribute("aria-disabled", String(isOff || face.isOff || Boolean(note?.why) || busy !== null));
    const more = node.children[1];
    more.hidden = note === null;
    more.dataset.level = note?.level ?? "";
    write(more, note?.text ?? "");
  }
}

/** What stands beside a key's name: {text, level, why}; `why`: the key does nothing now, and this is the reason. */
export function noteOf(words, key, counter, ageMs) {
  if (key.id === "no-show") return noShowNote(words, untilNoShow(counter, ageMs));
  if (key.id === "supervisor") return supervisorNote(words, counter.supervisor, ageMs);
  if (key.id === "rating") return ratingNote(words, counter.rating);
  return null;
}

function noShowNote(words, noShow) {
  if (noShow === null) return null;
  const rest = countdown(words, noShow);
  const isEarly = noShow.leftMs > 0 || noShow.announcementsLeft > 0;
  return { text: rest, level: "", why: isEarly ? words.say("No-show is not allowed yet: {rest}.", { rest }) : null };
}

function supervisorNote(words, call, ageMs) {
  if (!call) return null;
  if (call.answered_at !== null)
    return { text: words.say("{who} is coming", { who: words.read(call.answered_by_name) || call.answered_by }), level: "good", why: null };
  const time = minutes(call.waited_ms + ageMs);
  const why = words.say("The supervisor has been called: nobody has answered yet.");
  if (call.is_escalated) return { text: words.say("called {time}, escalated", { time }), level: "bad", why };
  return { text: words.say("called {time}", { time }), level: "warn", why };
}

/** Not rated is its own outcome, never satisfied (H4). */
function ratingNote(words, rating) {
  if (!rating) return null;
  const { number } = rating;
  if (rating.is_open) return { text: words.say("{number} is being asked", { number }), level: "warn", why: null };
  if (rating.rating === null) return { text: words.say("{number}: not rated", { number }), level: "none", why: null };
  const level = { dissatisfied: "bad", neutral: "warn" }[rating.rating] ?? "good";
  return { text: words.say("{number}: {rating}", { number, rating: words.code(RATING, rating.rating) }), level, why: null };
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
  return noteOf(words, key, counter, ageMs)?.why ?? null;
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
