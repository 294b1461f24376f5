// The page of the virtual branch: it shows what the supervisor tells it and sends what people touch.
// It holds no state of the branch; reloading it loses nothing.

import { bringChinese } from "/scripts/fonts.js";
import { Desks } from "./desks.js";
import { Paper } from "./paper.js";
import { Picture } from "./picture.js";
import { Speaker } from "./speaker.js";
import { Steps } from "./steps.js";

const PHONE = [390, 780];
const HINT_STAYS_MS = 15_000;

const facts = JSON.parse(document.getElementById("facts").textContent);
const say = (text) => facts.words[text] ?? text;
const one = (selector) => document.querySelector(selector);
const all = (selector) => [...document.querySelectorAll(selector)];

/** Ask the supervisor for something; what went wrong is on the page soon enough through the feed. */
async function ask(path, body = {}) {
  try {
    const answer = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    return answer.ok;
  } catch {
    return false;
  }
}

const steps = new Steps();
const pictures = {
  kiosk: new Picture(one("#screen-kiosk"), "kiosk"),
  display: new Picture(one("#screen-display"), "display"),
};
pictures.kiosk.takeTouches((x, y) => ask("/screens/kiosk/taps", { x, y }), one("#finger"));
const speaker = new Speaker(one("#spoken"));
const paper = new Paper(one("#paper"), one("#tray"), say, scan);
const desks = new Desks(one("#desk"), all('[role="tab"]'), one("#own-window"), facts.workplaces);

// --- what the supervisor tells ---------------------------------------------------------------------------------------

const lives = {};
let switches = {};

const tellings = {
  branch: ({ id }) => {
    if (id !== facts.id) location.reload();
  },
  frame: (told) => pictures[told.screen]?.changed(told),
  note: ({ of: name, ...notes }) => Object.assign(one(`#screen-${name}`).dataset, notes),
  sound: (told) => {
    speaker.play({ ...told, text: inOurWords(told.text) });
    steps.done("call");
    steps.done("hear");
  },
  cut: (told) => {
    paper.cut(told);
    steps.done("take");
  },
  program: showProgram,
  switches: (states) => {
    switches = states;
    for (const [name, isOn] of Object.entries(states)) {
      one(`[data-switch="${name}"]`)?.setAttribute("aria-checked", String(isOn));
      const watch = one(`#watch-${name}`);
      if (watch) watch.hidden = !isOn;
      if (isOn) steps.done("break");
    }
    for (const mark of all("[data-shows]")) mark.hidden = !mark.dataset.shows.split(" ").some((name) => states[name]);
    showDeskLine();
  },
  printer: showPrinter,
  crowd: (state) => {
    one("#busy").textContent = say(state.is_busy ? "End the busy hour" : "Start the busy hour");
    one("#busy").setAttribute("aria-pressed", String(state.is_busy));
    one("#watch-busy").hidden = !state.is_busy;
    one("#what-busy").hidden = state.is_busy;
    one("#arrived").textContent = state.arrived;
    one("#served").textContent = state.served;
    if (!state.is_busy) return;
    one("#speed").value = state.speed;
    showSpeed();
    for (const box of all('input[name="teller"]')) box.checked = state.tellers.includes(box.value);
  },
};

/** The display speaks of counters in its own first language; the page in the visitor's. */
function inOurWords(text) {
  return facts.counters.reduce((words, { name }) => words.replaceAll(name.zh, name[facts.language]), text);
}

const LIFE = { off: "off", starting: "starting …", failing: "keeps ending", running: "" };
const OFF = {
  kiosk: { off: "The kiosk has no power", starting: "The kiosk is starting …" },
  display: { off: "The display has no power", starting: "The display is starting …" },
};

function showProgram({ name, life, log }) {
  lives[name] = { life, log };
  const line = one(`[data-program="${name}"]`);
  line.dataset.lifeIs = life;
  const lamp = line.querySelector(".lamp");
  lamp.className = `lamp lamp--${{ running: "good", starting: "warn" }[life] ?? "bad"}`;
  line.querySelector("[data-life]").textContent = say(LIFE[life]);
  line.title = log ?? "";
  const off = one(`[data-off="${name}"]`);
  if (off) {
    off.className = `glass__off is-${life}`;
    off.classList.toggle("is-on", life !== "running");
    off.textContent = life === "failing" ? failing(log) : say(OFF[name][life] ?? "");
  }
  if (name === "server") {
    desks.serverIs(life === "running");
    one("#desk-empty").textContent = say(
      life === "off" ? "The queue server has no power" : "The branch is opening: a few seconds …",
    );
  }
  if (name === "printer") showPrinter({});
  showDeskLine();
}

function failing(log) {
  return `${say("It ends again and again. Why stands in")} ${log}`;
}

/** Over the workplaces: what they cannot know themselves. */
function showDeskLine() {
  const { life, log } = lives.server ?? {};
  const told = {
    off: say("The queue server has no power. Every page waits for it."),
    starting: say("The queue server is starting. Every page comes back by itself."),
    failing: log ? failing(log) : "",
    running: switches.network ? say("The network is down. The workplaces are cut off from the server.") : "",
  }[life];
  const line = one("#desk-line");
  line.textContent = told ?? "";
  line.hidden = !told;
  line.classList.toggle("is-bad", life === "failing" || life === "off");
}

let printer = {};

function showPrinter(state) {
  printer = { ...printer, ...state };
  const { life } = lives.printer ?? {};
  const mark = one("#printer-state");
  const [words, level] =
    life !== "running" || !printer.is_there
      ? [LIFE[life] || LIFE.starting, "warn"]
      : printer.faults?.length
        ? [FAULT[printer.faults[0]] ?? "Out of order", "bad"]
        : printer.condition === "printing"
          ? ["Printing …", "accent"]
          : ["Ready", "good"];
  mark.textContent = say(words);
  mark.className = `chip chip--${level}`;
  one("#printer").classList.toggle("is-printing", printer.condition === "printing");
}

const FAULT = Object.fromEntries(
  all(".switch")
    .filter((button) => !/_(cable|power)$|^(network$|line_|pad_)/.test(button.dataset.switch))
    .map((button) => [button.dataset.switch, button.textContent.trim()]),
);

function follow() {
  const events = new EventSource("/events");
  for (const [kind, tell] of Object.entries(tellings)) {
    events.addEventListener(kind, (event) => tell(JSON.parse(event.data)));
  }
  events.addEventListener("open", () => {
    one("#lost").hidden = true;
  });
  events.addEventListener("error", () => {
    one("#lost").hidden = false;
  });
}

// --- what people touch -----------------------------------------------------------------------------------------------

for (const button of all("[data-switch]")) {
  button.addEventListener("click", async () => {
    if (button.getAttribute("aria-busy") === "true") return;
    button.setAttribute("aria-busy", "true");
    await ask(`/switches/${button.dataset.switch}`, { is_on: button.getAttribute("aria-checked") !== "true" });
    button.removeAttribute("aria-busy");
  });
}

let hintTimer = 0;

function restart(isPowerCut) {
  ask("/server/restart", { is_power_cut: isPowerCut });
  steps.done("break");
  one("#watch-server").hidden = false;
  clearTimeout(hintTimer);
  hintTimer = setTimeout(() => {
    one("#watch-server").hidden = true;
  }, HINT_STAYS_MS);
}
one("#restart").addEventListener("click", () => restart(false));
one("#power-cut").addEventListener("click", () => restart(true));

one("#sound").addEventListener("click", (event) => {
  const isOn = speaker.toggle();
  event.currentTarget.setAttribute("aria-pressed", String(isOn));
  one("#sound-words").textContent = say(isOn ? "Turn the sound off" : "Turn the sound on");
});

// Until somebody chooses, the supervisor looks which counters the visitor has not opened.
let hasChosen = false;

const crowd = (isOn) => ({
  is_on: isOn,
  speed: Number(one("#speed").value),
  tellers: hasChosen ? all('input[name="teller"]:checked').map((box) => box.value) : null,
});

function showSpeed() {
  one("#speed-words").textContent = `×${one("#speed").value}`;
}

one("#busy").addEventListener("click", (event) =>
  ask("/busy", crowd(event.currentTarget.getAttribute("aria-pressed") !== "true")),
);
one("#speed").addEventListener("input", showSpeed);
for (const control of all('#speed, input[name="teller"]')) {
  control.addEventListener("change", () => {
    hasChosen ||= one("#busy").getAttribute("aria-pressed") === "true" || control.name === "teller";
    if (one("#busy").getAttribute("aria-pressed") === "true") ask("/busy", crowd(true));
  });
}

// --- the customer's phone --------------------------------------------------------------------------------------------

/** The customer scans the code on the paper. */
function scan(address) {
  one("#hand").hidden = false;
  const [box, page] = [one("#phone"), one("#phone iframe")];
  if (page.getAttribute("src") !== address) page.src = address;
  const scale = box.clientWidth / PHONE[0];
  page.style.width = `${PHONE[0]}px`;
  page.style.height = `${PHONE[1]}px`;
  page.style.transform = `scale(${scale})`;
  box.style.height = `${Math.round(PHONE[1] * scale)}px`;
  steps.done("scan");
  one("#away").focus({ preventScroll: true });
}

function putAway() {
  one("#hand").hidden = true;
}
one("#away").addEventListener("click", putAway);
addEventListener("keydown", (event) => {
  if (event.key === "Escape") putAway();
});

bringChinese();
follow();
