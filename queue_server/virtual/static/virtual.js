// The page of the virtual branch: it shows what the supervisor tells it and sends what people touch.
// It holds no state of the branch; reloading it loses nothing.

import { bringChinese } from "/scripts/fonts.js";
import { Picture } from "./picture.js";
import { Speaker } from "./speaker.js";
import { Paper } from "./paper.js";

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

const pictures = {
  kiosk: new Picture(one("#screen-kiosk"), "kiosk", (x, y) => ask("/screens/kiosk/taps", { x, y })),
  display: new Picture(one("#screen-display"), "display", null),
};
const speaker = new Speaker(one("#spoken"));
const paper = new Paper(one("#paper"), say, scan);

// --- what the supervisor tells ---------------------------------------------------------------------------------------

const tellings = {
  frame: (told) => pictures[told.screen]?.changed(told.width, told.height),
  sound: (told) => speaker.play(told),
  cut: (told) => paper.cut(told),
  program: ({ name, is_running: isRunning }) => {
    const lamp = one(`[data-program="${name}"] .lamp`);
    lamp?.classList.toggle("lamp--good", isRunning);
    lamp?.classList.toggle("lamp--bad", !isRunning);
    const off = one(`[data-off="${name}"]`);
    if (off) off.classList.toggle("is-on", !isRunning);
    if (name === "server" && isRunning) deskAgain();
  },
  switches: (states) => {
    for (const [name, isOn] of Object.entries(states)) {
      one(`[data-switch="${name}"]`)?.setAttribute("aria-checked", String(isOn));
    }
  },
  crowd: (state) => {
    one("#busy").textContent = say(state.is_busy ? "End the busy hour" : "Start the busy hour");
    one("#busy").setAttribute("aria-pressed", String(state.is_busy));
    one("#arrived").textContent = state.arrived;
    one("#served").textContent = state.served;
  },
};

function follow() {
  const events = new EventSource("/events");
  for (const [kind, tell] of Object.entries(tellings)) {
    events.addEventListener(kind, (event) => tell(JSON.parse(event.data)));
  }
  events.addEventListener("open", () => {
    paper.begin();
    one("#lost").hidden = true;
  });
  events.addEventListener("error", () => {
    one("#lost").hidden = events.readyState === EventSource.OPEN;
  });
}

// --- what people touch -----------------------------------------------------------------------------------------------

for (const button of all("[data-switch]")) {
  button.addEventListener("click", () =>
    ask(`/switches/${button.dataset.switch}`, { is_on: button.getAttribute("aria-checked") !== "true" }),
  );
}
one("#restart").addEventListener("click", () => ask("/server/restart"));
one("#power-cut").addEventListener("click", () => ask("/server/restart", { is_power_cut: true }));

one("#sound").addEventListener("click", (event) => {
  const isOn = speaker.toggle();
  event.currentTarget.setAttribute("aria-pressed", String(isOn));
  one("#sound-words").textContent = say(isOn ? "Turn the sound off" : "Turn the sound on");
});

const crowd = (isOn) => ({
  is_on: isOn,
  speed: Number(one("#speed").value),
  tellers: all('input[name="teller"]:checked').map((box) => box.value),
});
one("#busy").addEventListener("click", (event) =>
  ask("/busy", crowd(event.currentTarget.getAttribute("aria-pressed") !== "true")),
);
one("#speed").addEventListener("input", (event) => {
  one("#speed-words").textContent = `×${event.currentTarget.value}`;
});
for (const control of all('#speed, input[name="teller"]')) {
  control.addEventListener("change", () => {
    if (one("#busy").getAttribute("aria-pressed") === "true") ask("/busy", crowd(true));
  });
}

// --- workplaces ------------------------------------------------------------------------------------------------------

const desk = one("#desk-page");
const tabs = all('[role="tab"]');

function sitAt(tab) {
  for (const other of tabs) {
    other.setAttribute("aria-selected", String(other === tab));
    other.tabIndex = other === tab ? 0 : -1;
  }
  one("#desk").setAttribute("aria-labelledby", tab.id);
  one("#desk").classList.toggle("desk--lobby", tab.id === "tab-lobby");
  const address = facts.server + tab.dataset.page;
  one("#own-window").href = address;
  if (desk.dataset.address !== address) {
    desk.dataset.address = address;
    // A new document each time: a change of the fragment alone would keep the old page and its token.
    desk.src = "about:blank";
    requestAnimationFrame(() => desk.setAttribute("src", address));
  }
  fit();
}

let isDeskThere = false;

/** The server answers only a moment after its process runs; the first page is asked for when it does. */
async function deskAgain() {
  if (isDeskThere) return;
  for (let tries = 0; tries < 60 && !isDeskThere; tries += 1) {
    try {
      isDeskThere = (await fetch("/healthz")).ok;
    } catch {
      isDeskThere = false;
    }
    if (!isDeskThere) await new Promise((resolve) => setTimeout(resolve, 250));
  }
  if (isDeskThere) sitAt(tabs[0]);
}

for (const [index, tab] of tabs.entries()) {
  tab.addEventListener("click", () => sitAt(tab));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = tabs[(index + step + tabs.length) % tabs.length];
    sitAt(next);
    next.focus();
  });
}

/** Workplace and phone pages keep the size they are made for and are scaled as a whole. */
function fit() {
  for (const [box, width, height] of [
    [one("#desk"), one("#desk").classList.contains("desk--lobby") ? 1280 : 1024, one("#desk").classList.contains("desk--lobby") ? 800 : 768],
    [one("#phone"), 390, 780],
  ]) {
    const page = box.querySelector("iframe");
    if (!page) continue;
    const scale = box.clientWidth / width;
    page.style.width = `${width}px`;
    page.style.height = `${height}px`;
    page.style.transform = `scale(${scale})`;
    box.style.height = `${Math.round(height * scale)}px`;
  }
}
addEventListener("resize", fit);

/** The customer scans the code on the paper. */
function scan(address) {
  one("#hand").hidden = false;
  const page = one("#phone iframe");
  if (page.getAttribute("src") !== address) page.src = address;
  fit();
}

one("#away").addEventListener("click", () => {
  one("#hand").hidden = true;
});

bringChinese();
follow();
