// The counters' hardware: shows what each simulated device shows, and presses the keys people press.
// It knows nothing of the branch: a press goes to the pad, and what comes of it comes back over the line.

import { bringChinese } from "/scripts/fonts.js";

const facts = JSON.parse(document.getElementById("facts").textContent);
const say = (text) => facts.words[text] ?? text;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const BEEP_SHOWS_MS = 700;

async function ask(path, body) {
  try {
    return (
      await fetch(path, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      })
    ).ok;
  } catch {
    return false;
  }
}

// --- what the devices show -------------------------------------------------------------------------------------------

const beeps = {};

/** Text displays have two lines; digits are three for those who wait and three for the number, or a refusal's code. */
function parts(told, kind) {
  if (kind === "text") return [told.lines[0] ?? "", told.lines[1] ?? ""];
  const waiting = told.waiting === null ? "" : String(told.waiting).padStart(3, "0");
  return [told.code ? "" : waiting, told.code || told.number];
}

function show(box, told) {
  const glass = box.querySelector(".led, .lcd");
  if (!glass) return;
  const shown = parts(told, box.dataset.shows);
  if (box.dataset.shows === "digits" && box.classList.contains("window")) shown.shift();
  const spans = all("span", glass);
  while (spans.length < shown.length) spans.push(glass.appendChild(document.createElement("span")));
  for (const [index, text] of shown.entries()) if (spans[index].textContent !== text) spans[index].textContent = text;
  glass.setAttribute("aria-label", `${glass.dataset.name}: ${shown.join(" ").trim()}`);
}

function showDevice(told) {
  const box = document.querySelector(`[data-device="${CSS.escape(told.device)}"]`);
  if (!box) return;
  show(box, told);
  const lamp = box.querySelector("[data-lamp]");
  if (lamp) lamp.dataset.lamp = told.lamp;
  box.classList.toggle("is-asking", told.asks_rating);
  box.classList.toggle("is-dark", !told.is_on);
  box.querySelector("[data-state]").textContent = told.faults.map((fault) => say(facts.faults[fault] ?? fault)).join(" · ");
  const isNew = told.beeps > (beeps[told.device] ?? told.beeps);
  beeps[told.device] = told.beeps;
  if (!isNew) return;
  blink(box, "is-beeping");
  if (told.beep === "rejected") blink(box, "is-refused");
}

function blink(box, mark) {
  box.classList.remove(mark);
  void box.offsetWidth;
  box.classList.add(mark);
  setTimeout(() => box.classList.remove(mark), BEEP_SHOWS_MS);
}

// --- what fingers do -------------------------------------------------------------------------------------------------

for (const box of all(".pad")) {
  const typed = box.querySelector("[data-typed]");
  const device = box.dataset.device;
  for (const button of all("[data-digit]", box)) {
    button.addEventListener("click", () => {
      typed.textContent = (typed.textContent + button.dataset.digit).slice(-8);
    });
  }
  box.querySelector("[data-clear]")?.addEventListener("click", () => {
    typed.textContent = "";
  });
  for (const button of all("[data-key]", box)) {
    button.addEventListener("click", () => {
      ask(`/pads/${device}/press`, { key: button.dataset.key, argument: typed.textContent });
      typed.textContent = "";
    });
  }
  const button = box.querySelector("[data-one-button]");
  if (button) feel(button, device);
}

/** The one button: how long it is held and whether it is pressed twice is what the pad itself looks at. */
function feel(button, device) {
  let downAt = 0;
  let waiting = 0;
  const [longMs, doubleMs] = [button.dataset.longMs, button.dataset.doubleMs].map(Number);
  const press = (key) => ask(`/pads/${device}/press`, { key, argument: "" });
  const up = () => {
    if (!downAt) return;
    const heldMs = performance.now() - downAt;
    downAt = 0;
    if (heldMs >= longMs) {
      press("long");
    } else if (waiting) {
      clearTimeout(waiting);
      waiting = 0;
      press("double");
    } else {
      waiting = setTimeout(() => {
        waiting = 0;
        press("press");
      }, doubleMs);
    }
  };
  button.addEventListener("pointerdown", () => {
    downAt = performance.now();
  });
  button.addEventListener("pointerup", up);
  button.addEventListener("pointerleave", up);
  button.addEventListener("keydown", (event) => {
    if ((event.key === "Enter" || event.key === " ") && !event.repeat) downAt = performance.now();
  });
  button.addEventListener("keyup", (event) => {
    if (event.key === "Enter" || event.key === " ") up();
  });
}

for (const box of all(".evaluator")) {
  for (const button of all("[data-rating]", box)) {
    button.addEventListener("click", () => ask(`/pads/${box.dataset.device}/rate`, { rating: button.dataset.rating }));
  }
}

for (const glass of all(".led, .lcd")) glass.dataset.name = glass.getAttribute("aria-label");
bringChinese();
const events = new EventSource("/events");
events.addEventListener("pad", (event) => showDevice(JSON.parse(event.data)));
events.addEventListener("pad_line", (event) => {
  document.getElementById("gone").hidden = JSON.parse(event.data).is_there;
});
