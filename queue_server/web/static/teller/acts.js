/**
 * The keys of the soft call pad: what each is called, where it stands, and when it makes sense.
 *
 * Pure.  The rules are the server's; this table only keeps a teller from pressing what the server would refuse, and
 * says why.  It follows the transition table of `queue_server/domain/transitions.py`.
 */

import { word } from "../words.js";

/** What a teller's counter is doing, finer than the wire's state: the page has keys for each. */
export function situation(counter) {
  if (counter.state !== "serving") return counter.state;
  if (counter.ticket?.phase === "seat_away") return "away";
  if (counter.ticket?.phase === "wrap_up") return "wrap_up";
  return "serving";
}

export const SITUATION = {
  closed: word("the counter is closed"),
  free: word("no customer is at the counter"),
  calling: word("a customer is being called"),
  serving: word("a customer is being served"),
  away: word("you are away from the seat"),
  wrap_up: word("the customer has left"),
  paused: word("the counter is paused"),
  no_ticket: word("somebody without a number is being served"),
};

/** The same in each of these situations. */
const alike = (situations, face) => Object.fromEntries(situations.map((one) => [one, face]));

/**
 * In the order of the pad, four to a row; those of the fifth row are wide, they say beside their name how it stands.  `faces`: what the key is in each situation it works in; a key with two faces
 * (pause and resume) is one key, as on the hardware pad.  `asked`: its face while a pause is asked for.  `code`: the physical key, so that an input method that
 * swallows letters does not swallow shortcuts.
 */
export const KEYS = [
  { id: "call", code: "KeyN", cap: "N", row: 1, faces: { free: { verb: "call-next", words: word("Call next") } } },
  { id: "recall", code: "KeyR", cap: "R", row: 1, faces: { calling: { verb: "recall", words: word("Call again") } } },
  { id: "start", code: "KeyS", cap: "S", row: 1, faces: { calling: { verb: "start", words: word("Arrived, start") } } },
  {
    id: "finish",
    code: "KeyF",
    cap: "F",
    row: 1,
    faces: {
      serving: { verb: "finish", words: word("Finish") },
      wrap_up: { verb: "finish", words: word("Finish") },
      no_ticket: { verb: "finish-no-ticket", words: word("Finish") },
    },
  },
  { id: "no-show", code: "KeyM", cap: "M", row: 2, faces: { calling: { verb: "no-show", words: word("No-show") } } },
  {
    id: "withdraw",
    code: "KeyB",
    cap: "B",
    row: 2,
    faces: { calling: { ask: "withdraw", words: word("Take call back") } },
  },
  {
    id: "hold",
    code: "KeyH",
    cap: "H",
    row: 2,
    faces: {
      calling: { ask: "hold", words: word("Hold") },
      serving: { ask: "hold", words: word("Hold") },
      wrap_up: { ask: "hold", words: word("Hold") },
    },
  },
  {
    id: "transfer",
    code: "KeyT",
    cap: "T",
    row: 2,
    faces: {
      calling: { ask: "transfer", words: word("Transfer") },
      serving: { ask: "transfer", words: word("Transfer") },
      wrap_up: { ask: "transfer", words: word("Transfer") },
    },
  },
  {
    id: "set",
    code: "KeyA",
    cap: "A",
    row: 3,
    faces: { serving: { ask: "set", words: word("Service, amount") } },
  },
  {
    id: "next",
    code: "KeyX",
    cap: "X",
    row: 3,
    faces: {
      serving: { ask: "next", words: word("Next transaction") },
      wrap_up: { ask: "next", words: word("Next transaction") },
    },
  },
  {
    id: "seat",
    code: "KeyL",
    cap: "L",
    row: 3,
    faces: {
      serving: { ask: "leave", words: word("Leave seat") },
      away: { verb: "return-seat", words: word("Back at seat") },
    },
  },
  { id: "wrap-up", code: "KeyW", cap: "W", row: 3, faces: { serving: { verb: "wrap-up", words: word("Wrap-up") } } },
  {
    id: "number",
    code: "KeyC",
    cap: "C",
    row: 4,
    faces: { free: { ask: "number", words: word("Call a number") } },
  },
  {
    id: "unnumbered",
    code: "KeyU",
    cap: "U",
    row: 4,
    faces: { free: { ask: "unnumbered", words: word("Without number") } },
  },
  {
    id: "pause",
    code: "KeyP",
    cap: "P",
    row: 4,
    faces: { free: { ask: "pause", words: word("Pause") }, paused: { verb: "resume", words: word("Resume work") } },
    asked: { verb: "withdraw-pause", words: word("Withdraw pause request"), done: word("The pause request was withdrawn.") },
  },
  {
    id: "open",
    code: "KeyO",
    cap: "O",
    row: 4,
    faces: {
      closed: { verb: "open", words: word("Open counter") },
      free: { ask: "close", words: word("Close counter") },
      paused: { ask: "close", words: word("Close counter") },
    },
  },
  {
    id: "rating",
    code: "KeyE",
    cap: "E",
    row: 5,
    faces: alike(["serving", "away", "wrap_up", "free", "calling", "paused"], { verb: "ask-rating", words: word("Ask for rating") }),
  },
  {
    id: "supervisor",
    code: "KeyV",
    cap: "V",
    row: 5,
    faces: alike(["free", "calling", "serving", "away", "wrap_up", "paused", "no_ticket"], {
      verb: "call-supervisor",
      words: word("Call supervisor"),
    }),
  },
];

/** The one thing the situation waits for: this key is the blue one. */
const MAIN = {
  closed: "open",
  free: "call",
  calling: "start",
  serving: "finish",
  away: "seat",
  wrap_up: "finish",
  paused: "pause",
  no_ticket: "finish",
};

/**
 * A key as it stands now: {words, face, isMain, isOff}.  A key without a face here shows its first one, dimmed.
 * `isPauseAsked`: the counter has asked for a pause and nobody has answered yet.
 */
export function keyNow(key, now, isPauseAsked = false) {
  const face = (isPauseAsked && key.asked) || key.faces[now];
  const shown = face ?? Object.values(key.faces)[0];
  return { words: shown.words, face, isMain: MAIN[now] === key.id, isOff: !face };
}

/** How long until a no-show may be marked (N1), by the snapshot's figure and its age; null when nobody is called. */
export function untilNoShow(counter, ageMs) {
  const ticket = counter.ticket;
  if (counter.state !== "calling" || !ticket) return null;
  return {
    leftMs: Math.max(0, (ticket.no_show_in_ms ?? 0) - ageMs),
    announcementsLeft: ticket.announcements_left,
  };
}

/** Phase times up to now: the wire's figures, the running phase counted on. */
export function timesNow(ticket, ageMs) {
  return { ...ticket.times_ms, [ticket.phase]: (ticket.times_ms[ticket.phase] ?? 0) + ageMs };
}

/** The running transaction's time up to now. */
export function spentNow(ticket, ageMs) {
  if (!ticket.transaction) return 0;
  // After the customer left, the transaction is over; what runs on is the wrap-up.
  return ticket.transaction.spent_ms + (ticket.phase === "wrap_up" ? 0 : ageMs);
}
