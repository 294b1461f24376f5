/**
 * The technician's page put together: the hall drawn, every device listed, one device in full.
 */

import { fragment, keepLanguage } from "../address.js";
import { everySecond, timeOfDay } from "../clock.js";
import { Commands } from "../commands.js";
import { fill, find, keepRows, make, write } from "../elements.js";
import { bringChinese } from "../fonts.js";
import { showLost } from "../lost.js";
import { makeSide } from "../side.js";
import { pageWords, word } from "../words.js";
import { detailParts } from "./detail.js";
import { makePicture } from "./picture.js";
import { Poll } from "./poll.js";
import { reload } from "./reload.js";
import { faultWords, isDrifted, isWrong, mark, nameOf } from "../standing.js";
import { heardWords, inOrder, showTable, tickTable } from "./table.js";

const ANSWER_STAYS_MS = 8000;
const SUMS = {
  online: word("{count} online"),
  fault: word("{count} faulty"),
  offline: word("{count} offline"),
  unknown: word("{count} not heard of"),
};

bringChinese();
const words = pageWords(fragment());
const token = fragment().get("token");
const language = () => words.language;
const commands = new Commands({ token, language });
const poll = new Poll("/devices", { token, language });
let devices = [];
let branch = null;
let role = null;
/** The device that is open: {id, history, incident}, or null. */
let opened = null;
let answerTimer = null;

const zone = () => branch?.zone;
const counters = () => branch?.counters ?? [];
const side = makeSide({ words, commands, zone });
const showPicture = makePicture(open);

function said(text) {
  const node = find("#answer");
  node.hidden = false;
  write(node, text);
  clearTimeout(answerTimer);
  answerTimer = setTimeout(() => {
    node.hidden = true;
  }, ANSWER_STAYS_MS);
}

// --- one device -----------------------------------------------------------------------------------------------------

function open(id) {
  opened = { id, history: null, saying: null };
  showDetail(true);
  readHistory();
}

function showDetail(isNew = false) {
  const device = devices.find((one) => one.device === opened?.id);
  if (!device) return;
  // What changes every second is written apart: what somebody reads or is about to press stays where it is.
  const saying = JSON.stringify([{ ...device, last_heard_at: null }, opened.history, words.language, role]);
  if (!isNew && saying === opened.saying) return;
  opened.saying = saying;
  const parts = detailParts(words, device, {
    devices,
    counters: counters(),
    zone: zone(),
    history: opened.history,
    canWrite: role === "technician",
    copy: (text) =>
      navigator.clipboard?.writeText(text).then(
        () => said(words.say("Copied.")),
        () => said(words.say("Could not be copied: mark it and copy it by hand.")),
      ) ?? said(words.say("Could not be copied: mark it and copy it by hand.")),
  });
  if (isNew) side.open(nameOf(words, device), parts);
  else side.refill(parts);
  tick();
}

/** Its incidents of today; who may not read them sees the last fault all the same. */
async function readHistory() {
  const mine = opened;
  let incidents;
  try {
    incidents = await commands.read("/incidents");
  } catch {
    return;
  }
  if (mine !== opened) return;
  opened.history = incidents.filter((one) => one.kind === "device_fault" && one.facts.device === opened.id);
  showDetail();
}

// --- the hall -------------------------------------------------------------------------------------------------------

function show() {
  if (!poll.answer || !branch) return;
  find("#plant").removeAttribute("aria-busy");
  write(find("#branch-name"), `${words.read(branch.bank)} · ${words.read(branch.name)}`);
  keepRows(
    find("#sums"),
    Object.keys(SUMS).map((state) => ({ state, count: devices.filter((one) => one.state === state).length })),
    (sum) => sum.state,
    (sum) => make("li", {}, mark(sum.state), make("span")),
    (row, sum) => {
      row.hidden = sum.count === 0 && sum.state !== "online";
      write(row.lastChild, words.say(SUMS[sum.state], sum));
    },
  );
  keepRows(
    find("#wrongs"),
    inOrder(devices).filter(isWrong),
    (one) => one.device,
    (one) => make("li", {}, make("button.wrong", { type: "button", onclick: () => open(one.device) })),
    (row, one) => {
      const shown = one.state === "online" && isDrifted(one) ? "fault" : one.state;
      const saying = [shown, nameOf(words, one), faultWords(words, one)].join(" ");
      if (row.dataset.saying === saying) return;
      row.dataset.saying = saying;
      fill(row.firstChild, [mark(shown), make("b", {}, nameOf(words, one)), make("span", {}, faultWords(words, one))]);
    },
  );
  showPicture(words, devices, counters());
  showTable(words, { devices, counters: counters(), zone: zone(), open });
  if (opened) showDetail();
  tick();
}

function tick() {
  write(find("#clock"), timeOfDay(new Date(), zone()));
  const since = (iso) => poll.since(iso);
  tickTable(words, devices, since);
  const heard = find("#side-body [data-heard]");
  const device = heard && devices.find((one) => one.device === heard.dataset.heard);
  if (device) write(heard, heardWords(words, device, since));
}

function setLanguage(chosen) {
  words.language = chosen;
  keepLanguage(chosen);
  words.paint();
  write(find("#language"), words.isEnglish ? "中文" : "English");
  find("#language").lang = words.isEnglish ? "zh-CN" : "en";
  showLost(words, poll);
  side.close();
  opened = null;
  show();
}

find("#language").addEventListener("click", () => setLanguage(words.isEnglish ? "zh" : "en"));
find("#reload").addEventListener("click", async (event) => {
  const button = event.currentTarget;
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  try {
    await reload({
      words,
      send: () => commands.send("/config/reload"),
      named: (id) => {
        const device = devices.find((one) => one.device === id);
        return device ? nameOf(words, device) : id;
      },
    });
    branch = await commands.read("/branch");
    show();
  } finally {
    button.removeAttribute("aria-busy");
  }
});
setLanguage(words.language);
poll.follow({
  got: (answer) => {
    const before = new Map(devices.map((one) => [one.device, one.incident_id]));
    devices = answer;
    // A fault that began or ended is a line of its history.
    const mine = opened && devices.find((one) => one.device === opened.id);
    if (mine && before.get(opened.id) !== mine.incident_id) readHistory();
    show();
  },
  connection: () => {
    showLost(words, poll);
    if (poll.isConnected && !branch) readBranch();
  },
});
everySecond(tick);

/** What the branch has and who asks; asked once the token is known to be good. */
async function readBranch() {
  try {
    const [found, me] = await Promise.all([commands.read("/branch"), commands.read("/me")]);
    [branch, role] = [found, me.role];
  } catch {
    setTimeout(readBranch, 2000);
    return;
  }
  find("#reload").hidden = role !== "technician";
  show();
}
