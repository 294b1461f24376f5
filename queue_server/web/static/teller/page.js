/**
 * The teller page put together: one feed, one pad, three lists.  It decides nothing: it shows what the server says
 * and sends what is pressed.
 */

import { fragment, keepLanguage } from "../address.js";
import { everySecond, timeOfDay } from "../clock.js";
import { COUNTER_STATE, RATING } from "../codes.js";
import { Commands } from "../commands.js";
import { find, write } from "../elements.js";
import { Feed } from "../feed.js";
import { bringChinese } from "../fonts.js";
import { showLost } from "../lost.js";
import { makeTabs } from "../tabs.js";
import { pageWords } from "../words.js";
import { alarmSound } from "../alarm.js";
import { keyNow, situation } from "./acts.js";
import { asks } from "./asks.js";
import { helpDialog, lettersAreOn } from "./help.js";
import { listen, makePad, showPad, whyOff } from "./pad.js";
import { Presses, whyNot } from "./press.js";
import { QUEUES, showQueues, tickQueues } from "./queues.js";
import { showSitting, tickSitting } from "./sitting.js";

const STATE_LEVEL = { free: "good", calling: "warn", serving: "accent", paused: "warn", closed: "", no_ticket: "bad" };
// A refusal is read, then gone; the state it spoke of has changed by then.
const ANSWER_STAYS_MS = 10_000;

bringChinese();
const words = pageWords(fragment());
const token = fragment().get("token");
const feed = new Feed("/teller", { token });
const commands = new Commands({
  token,
  language: () => words.language,
  retrying: () => {
    isRepeated = true;
    answer(words.say("No answer yet. The same press is sent again; it counts once."), "bad");
  },
});
const presses = new Presses({ commands, reached: (position) => feed.reached(position), busy: () => showKeys() });
const sound = alarmSound();
const pad = find("#pad");
let answerTimer = null;
let isRepeated = false;

const counterPath = (verb) => `/counters/${encodeURIComponent(feed.sections.counter.counter)}/${verb}`;
const ticketPath = (number, verb) => `/tickets/${encodeURIComponent(number)}/${verb}`;
const ask = asks({
  words,
  sections: () => feed.sections,
  send: (verb, body) => presses.send(verb, counterPath(verb), body),
  record: (body) => presses.send("incident", "/incidents", body),
  sendTicket: (number, verb, body) => presses.send(verb, ticketPath(number, verb), body),
});

function answer(text, level = "", where = "#answer") {
  const node = find(where);
  write(node, text);
  node.dataset.level = level;
  clearTimeout(answerTimer);
  answerTimer = setTimeout(() => write(node, ""), ANSWER_STAYS_MS);
}

/** A key was pressed, with a finger or on the keyboard. */
async function pressed(key) {
  if (!feed.sections.counter || !feed.isConnected || !presses.counts(key.id)) return;
  sound.allow();
  const { counter } = feed.sections;
  const reason = whyOff(words, key, counter, feed.age("counter"));
  if (reason) {
    answer(reason, "bad");
    return;
  }
  const { face } = keyNow(key, situation(counter), Boolean(counter.pause_requested));
  if (face.ask) {
    await ask[face.ask]();
    return;
  }
  await run(key.id, counterPath(face.verb), "#answer", face.done);
}

async function run(key, path, where, done) {
  // What was said before belongs to another press; what is said from now on, by anybody, stays.
  answer("", "", where);
  isRepeated = false;
  try {
    await presses.send(key, path);
    if (done || isRepeated) answer(done ? words.say(done) : "", "good", where);
  } catch (error) {
    answer(whyNot(error, words), "bad", where);
    const node = pad.querySelector(`[data-key="${key}"]`);
    node?.classList.add("key--refused");
    setTimeout(() => node?.classList.remove("key--refused"), 1500);
  }
}

/** The buttons of a row in a list. */
function rowActs(name, item) {
  const isFree = feed.sections.counter.state === "free";
  const onTicket = (verb, text, isOff = false) => ({
    words: text,
    isOff,
    run: () => !isOff && run(`${verb}-${item.number}`, ticketPath(item.number, verb), "#queue-answer"),
  });
  if (name === "held") return [onTicket("resume", words.say("Customer is ready"))];
  if (name === "missed")
    return [
      onTicket("reinstate", words.say("Reinstate"), !item.can_reinstate),
      { words: words.say("Undo no-show"), run: () => ask.undoNoShow(item.number) },
    ];
  return [
    { words: words.say("Call this number"), isOff: !isFree, run: () => isFree && ask.number(item.number) },
    { words: words.say("Stands here: start"), isOff: !isFree, run: () => isFree && ask.startWaiting(item.number) },
    { words: words.say("Reprint"), run: () => ask.reprint(item.number) },
  ];
}

// Before anything is known the keys are there, and dead.
const UNKNOWN_COUNTER = { state: "closed", ticket: null };

function showKeys() {
  const counter = feed.sections.counter ?? UNKNOWN_COUNTER;
  showPad(pad, words, counter, feed.age("counter"), presses.current, !feed.isConnected || counter === UNKNOWN_COUNTER);
}

function show() {
  const { counter, choices } = feed.sections;
  if (!counter) return;
  find("#work").removeAttribute("aria-busy");
  write(find("#counter-name"), words.read(counter.name));
  const state = find("#counter-state");
  write(state, words.code(COUNTER_STATE, counter.state));
  state.className = `chip chip--${STATE_LEVEL[counter.state]}`;
  write(find("#teller-name"), words.read(counter.teller_name) || counter.teller || "");
  if (choices) write(find("#branch-name"), `${words.read(choices.bank)} · ${words.read(choices.branch)}`);
  document.title = `${counter.ticket ? `${counter.ticket.number} · ` : ""}${words.read(counter.name)}`;
  sound.ring(showSitting(words, feed.sections));
  showQueues(words, feed.sections, rowActs);
  tick();
}

function tick() {
  const { counter, choices } = feed.sections;
  write(find("#clock"), timeOfDay(new Date(), choices?.zone));
  if (!counter) return;
  tickSitting(words, feed.sections, feed.age("counter"), feed.age("waiting"));
  tickQueues(feed.sections, Object.fromEntries(QUEUES.map((name) => [name, feed.age(name)])));
  showKeys();
}

const HAPPENINGS = {
  pause_granted: () => answer(words.say("The pause was agreed to."), "good"),
  pause_declined: () => answer(words.say("The pause was declined: please go on calling."), "bad"),
  supervisor_answered: () => {
    const call = feed.sections.counter.supervisor;
    if (call) answer(words.say("{who} is coming", { who: words.read(call.answered_by_name) || call.answered_by }), "good");
  },
  visit_rated: ({ number, rating }) => answer(words.say("{number} rated the visit: {rating}", { number, rating: words.code(RATING, rating) })),
};

function setLanguage(language) {
  words.language = language;
  keepLanguage(language);
  words.paint();
  write(find("#language"), words.isEnglish ? "中文" : "English");
  find("#language").lang = words.isEnglish ? "zh-CN" : "en";
  showLost(words, feed);
  showKeys();
  show();
}

makePad(pad, pressed);
const showTab = makeTabs(QUEUES);
listen(pressed, lettersAreOn, (event) => {
  const tab = { Digit1: 0, Digit2: 1, Digit3: 2, Numpad1: 0, Numpad2: 1, Numpad3: 2 }[event.code];
  if (tab !== undefined && lettersAreOn() && !event.shiftKey) {
    showTab(QUEUES[tab], true);
    return true;
  }
  if (event.key === "?" || event.key === "F1") {
    helpDialog(words);
    return true;
  }
  return false;
});
find("#help").addEventListener("click", () => helpDialog(words));
find("#incident").addEventListener("click", () => feed.sections.counter && feed.isConnected && ask.incident());
find("#language").addEventListener("click", () => setLanguage(words.isEnglish ? "zh" : "en"));
setLanguage(words.language);
feed.follow({
  changed: show,
  happened: (happening) => HAPPENINGS[happening.kind]?.(happening),
  connection: () => {
    showLost(words, feed);
    showKeys();
  },
});
everySecond(tick);
