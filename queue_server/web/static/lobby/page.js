/**
 * The lobby manager's page put together: the hall at a glance, what needs attention, and everything behind it.
 */

import { fragment, keepLanguage } from "../address.js";
import { alarmSound } from "../alarm.js";
import { everySecond, minutes, timeOfDay } from "../clock.js";
import { COUNTER_STATE } from "../codes.js";
import { Commands, Refused } from "../commands.js";
import { fill, find, make, write } from "../elements.js";
import { Feed } from "../feed.js";
import { bringChinese } from "../fonts.js";
import { showLost } from "../lost.js";
import { chip, heldMarks, missedMarks, waitingMarks, waitLevel } from "../marks.js";
import { showRows, tickRows } from "../rows.js";
import { makeSide, part } from "../side.js";
import { makeTabs } from "../tabs.js";
import { pageWords } from "../words.js";
import { asks } from "./asks.js";
import { showAlerts, showPauses } from "./attention.js";
import { showCounters, tickCounters } from "./counters.js";
import { showDevices } from "./devices.js";
import { incidentParts, incidentTitle, showIncidents } from "./incidents.js";
import { showNotices } from "./notices.js";
import { showFigures, showServices } from "./services.js";
import { isOpen, showSupervisors, tickSupervisors } from "./supervisors.js";
import { ticketParts } from "./ticket.js";

const ANSWER_STAYS_MS = 8000;

bringChinese();
const words = pageWords(fragment());
const token = fragment().get("token");
const feed = new Feed("/lobby", { token });
const commands = new Commands({
  token,
  language: () => words.language,
  retrying: () => said(words.say("No answer yet. It is sent again and counts once."), "bad"),
});
const sections = () => feed.sections;
const zone = () => sections().branch?.zone;
const side = makeSide({ words, commands, zone });
const { title } = document;
const arisen = new Set();
const busy = new Set();
let answerTimer = null;
let role = null;
const sound = alarmSound({ pitches: [660, 880, 1100], againMs: 2500, changed: () => offerSound() });

function said(text, level = "") {
  const node = find("#answer");
  node.hidden = false;
  node.dataset.level = level;
  write(node, text);
  clearTimeout(answerTimer);
  answerTimer = setTimeout(() => {
    node.hidden = true;
  }, ANSWER_STAYS_MS);
}

/** Send and wait until it is on the screen; raises what `commands` raises. */
async function send(path, body = {}) {
  const answer = await commands.send(path, body);
  await feed.reached(answer.position);
  return answer;
}

/** Send without asking anything; one press acts once, and a refusal is said.  Returns whether it was done. */
async function run(path, body = {}) {
  if (busy.has(path)) return false;
  busy.add(path);
  try {
    await send(path, body);
    return true;
  } catch (error) {
    said(error instanceof Refused ? error.message : words.say("The server did not answer. Nothing is known to have changed."), "bad");
    return false;
  } finally {
    busy.delete(path);
  }
}

const ask = asks({ words, sections, send, said });
const ticketPath = (number, verb) => `/tickets/${encodeURIComponent(number)}/${verb}`;
const counterPath = (counter, verb) => `/counters/${encodeURIComponent(counter)}/${verb}`;

// --- what the side panel shows ------------------------------------------------------------------------------------

function act(text, act, isDanger = false) {
  return make(`button.button${isDanger ? ".button--danger" : ""}`, { type: "button", onclick: act }, text);
}

/** What can be done with a ticket, by where it is now.  When it was done the panel shows the ticket as it is then. */
function ticketActs(number) {
  const { waiting, held, missed } = sections();
  const acts = [];
  const offer = (text, doIt) =>
    acts.push(
      act(text, async () => {
        if ((await doIt()) && side.isOpen()) openTicket(number);
      }),
    );
  if (waiting.some((one) => one.number === number)) {
    offer(words.say("Move to the head"), () => ask.move(number));
    offer(words.say("Reprint"), () => ask.reprint(number));
    offer(words.say("Walked out"), () => ask.walkedOut(number));
    offer(words.say("Give back"), () => ask.cancel(number));
  }
  if (held.some((one) => one.number === number)) {
    offer(words.say("Customer is ready"), () => run(ticketPath(number, "resume")));
    offer(words.say("Give back"), () => ask.cancel(number));
  }
  const miss = missed.find((one) => one.number === number);
  if (miss?.can_reinstate) offer(words.say("Reinstate"), () => run(ticketPath(number, "reinstate")));
  if (miss?.can_reissue) offer(words.say("New number"), () => ask.reissue(number));
  if (miss) offer(words.say("Undo no-show"), () => ask.undoNoShow(number));
  offer(words.say("Record an event"), () => ask.incident(number));
  return part(words.say("What to do"), make("div.side__acts", {}, ...acts));
}

function openTicket(number) {
  const own = sections().incidents.filter((one) => one.number === number);
  const parts = [ticketActs(number)];
  if (own.length)
    parts.push(
      part(
        words.say("Events of this ticket"),
        make("ul", {}, ...own.map((one) => make("li", {}, make("button.button.button--small", { type: "button", onclick: () => openIncident(one) }, incidentTitle(words, one))))),
      ),
    );
  const detail = make("div");
  parts.push(detail);
  side.open(words.say("Ticket {number}", { number }), parts, number);
  showDetail(detail, number);
}

/** What only the ticket itself knows, read when it is opened. */
async function showDetail(box, number) {
  try {
    const ticket = await commands.read(`/tickets/${encodeURIComponent(number)}`);
    const correct = async (transaction) => {
      if ((await ask.correct(number, transaction)) && side.isOpen()) openTicket(number);
    };
    fill(box, ticketParts(words, ticket, sections(), correct));
  } catch (error) {
    fill(box, [make("p.soft", {}, error instanceof Refused ? error.message : words.say("The ticket could not be read."))]);
  }
}

function openIncident(incident) {
  side.open(incidentTitle(words, incident), incidentParts(words, incident, sections()), incident.number);
}

function openAlert(alert) {
  const incident = sections().incidents.find((one) => one.number && one.number === alert.number);
  if (alert.number) openTicket(alert.number);
  else if (alert.counter) openCounter(sections().counters.find((one) => one.counter === alert.counter));
  else if (incident) openIncident(incident);
  else showTab("devices", true);
}

function openCounter(counter) {
  const acts = [];
  const offer = (text, doIt, isDanger) =>
    acts.push(
      act(
        text,
        async () => {
          if (await doIt()) openCounter(sections().counters.find((one) => one.counter === counter.counter));
        },
        isDanger,
      ),
    );
  if (counter.state === "free") offer(words.say("Pause"), () => ask.pauseCounter(counter));
  if (counter.state === "paused") offer(words.say("Resume work"), () => run(counterPath(counter.counter, "resume")));
  if (["free", "paused"].includes(counter.state)) offer(words.say("Close counter"), () => ask.closeCounter(counter), true);
  if (counter.ticket)
    acts.push(act(words.say("Ticket {number}", { number: counter.ticket.number }), () => openTicket(counter.ticket.number)));
  const services = sections().branch.services.filter((one) => counter.services.includes(one.service));
  const who = [words.read(counter.name), words.read(counter.teller_name), words.code(COUNTER_STATE, counter.state)];
  side.open(
    who.filter(Boolean).join(" · "),
    [
      part(words.say("Serves"), make("div.side__chips", {}, ...services.map((one) => chip(words.read(one.name))))),
      acts.length ? part(words.say("What to do"), make("div.side__acts", {}, ...acts)) : null,
    ],
    counter.ticket?.number,
  );
}

// --- the hall -----------------------------------------------------------------------------------------------------

function showQueues() {
  const { waiting, held, missed } = sections();
  for (const name of ["waiting", "held", "missed"]) write(find(`#count-${name}`), String(sections()[name].length));
  const list = (name, items, empty, say, acts = () => []) =>
    showRows(find(`#list-${name}`), { items, empty, isFolded: false, say, acts, open: (item) => openTicket(item.number) });
  list("waiting", waiting, words.say("Nobody waits."), (item) => ({
    title: words.read(item.service_name),
    marks: waitingMarks(words, item),
    level: waitLevel(item),
  }));
  list("held", held, words.say("Nobody is on hold."), (item) => ({ title: words.read(item.service_name), marks: heldMarks(words, item) }));
  list(
    "missed",
    missed,
    words.say("No missed numbers."),
    (item) => ({ title: words.read(item.service_name), marks: missedMarks(words, item, zone()) }),
    (item) =>
      item.can_reinstate
        ? [{ words: words.say("Reinstate"), run: () => run(ticketPath(item.number, "reinstate")) }]
        : item.can_reissue
          ? [{ words: words.say("New number"), run: () => ask.reissue(item.number) }]
          : [],
  );
}

/** A browser is silent until somebody touches the page; then it is said how to change that. */
function offerSound() {
  find("#sound").hidden = sound.isReady;
}

function show() {
  const { branch, today, counters, incidents, alerts, pauses, supervisors, devices, notices } = sections();
  if (!branch) return;
  find("#hall").removeAttribute("aria-busy");
  write(find("#branch-name"), [words.read(branch.branch), branch.business_date].filter(Boolean).join(" · "));
  find("#day-closed").hidden = !branch.is_day_closed;
  find("#act-close").hidden = branch.is_day_closed;
  find("#act-reopen").hidden = !branch.is_day_closed || role !== "branch_head";
  showSupervisors(words, supervisors, (call) => run(counterPath(call.counter, "answer-supervisor")));
  const calling = supervisors.filter(isOpen);
  sound.ring(calling.length > 0);
  document.title = calling.length ? `${words.say("Supervisor called")} · ${calling.map((one) => words.read(one.counter_name)).join(" ")}` : title;
  showFigures(words, today);
  showCounters(words, counters, zone(), openCounter);
  showPauses(words, pauses, zone(), {
    grant: (pause) => run(counterPath(pause.counter, "grant-pause")),
    decline: (pause) => run(counterPath(pause.counter, "decline-pause")),
  });
  showAlerts(words, alerts, zone(), openAlert, (alert) => arisen.has(alert.position));
  write(find("#count-incidents"), String(incidents.length));
  showIncidents(words, incidents, zone(), openIncident);
  showQueues();
  showDevices(words, devices, zone());
  showNotices(words, notices, (one) => run(`/notices/${encodeURIComponent(one.notice_id)}/withdraw`));
  tick();
}

function tick() {
  write(find("#clock"), timeOfDay(new Date(), zone()));
  const { services, counters, waiting, held, supervisors } = sections();
  if (!services) return;
  tickSupervisors(supervisors, feed.age("supervisors"));
  showServices(words, services, feed.age("services"));
  tickCounters(words, counters, feed.age("counters"));
  tickRows(find("#list-waiting"), waiting, (item) => minutes(item.waited_ms + feed.age("waiting")));
  tickRows(find("#list-held"), held, (item) => minutes(item.held_ms + feed.age("held")));
}

function setLanguage(language) {
  words.language = language;
  keepLanguage(language);
  words.paint();
  write(find("#language"), words.isEnglish ? "中文" : "English");
  find("#language").lang = words.isEnglish ? "zh-CN" : "en";
  showLost(words, feed);
  side.close();
  show();
}

const showTab = makeTabs(["waiting", "held", "missed", "devices", "notices"]);
find("#act-issue").addEventListener("click", () => ask.issue());
find("#act-notice").addEventListener("click", () => ask.notice());
find("#act-incident").addEventListener("click", () => ask.incident());
find("#act-close").addEventListener("click", () => ask.closeDay());
find("#act-reopen").addEventListener("click", () => ask.reopenDay());
find("#language").addEventListener("click", () => setLanguage(words.isEnglish ? "zh" : "en"));
find("#sound").addEventListener("click", () => sound.allow());
for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, () => sound.allow());
sound.allow();
offerSound();
setLanguage(words.language);
feed.follow({
  changed: show,
  happened: (happening) => {
    if (happening.kind !== "alert") return;
    arisen.add(happening.position);
    // The row was built with the delta that brought both; it is told again so that the eye finds it.
    find(`#alerts [data-key="${happening.position}"] button`)?.classList.add("alert--new");
  },
  connection: () => showLost(words, feed),
});
everySecond(tick);
// Only the branch head may take a day's end back; a page that cannot learn whose it is does not offer it.
commands.read("/me").then(
  (me) => {
    role = me.role;
    show();
  },
  () => {},
);
