/**
 * The picture of the hall: wires drawn, devices as buttons standing on them.  Where they stand is in `plan`.
 *
 * One stop of the tab key; arrow keys go from device to device.
 */

import { draw, fill, find, keepRows, make, write } from "../elements.js";
import { icon } from "./icons.js";
import { plan } from "./plan.js";
import { faultWords, isDrifted, mark, nameOf, stateWords } from "../standing.js";
import { KIND_SHORT } from "../codes.js";

const NEXT = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

/** The picture; `open(deviceId)` when one is pressed.  Returns `show(words, devices, counters)`. */
export function makePicture(open) {
  const box = find("#hall");
  const wires = draw("svg", { class: "wires", "aria-hidden": "true" });
  const desks = make("div");
  const server = make("div.place.place--server", {}, icon("server"), make("b"));
  const tiles = make("div");
  box.append(wires, desks, server, tiles);
  let last = null;
  new ResizeObserver(() => last && lay(...last)).observe(box);

  tiles.addEventListener("keydown", (event) => {
    const step = NEXT[event.key] ?? { Home: -Infinity, End: Infinity }[event.key];
    if (!step) return;
    event.preventDefault();
    const all = [...tiles.children];
    const next = all[Math.min(all.length - 1, Math.max(0, all.indexOf(document.activeElement) + step))];
    stop(next);
    next.focus();
  });
  tiles.addEventListener("focusin", (event) => stop(event.target.closest("button")));

  function stop(tile) {
    for (const one of tiles.children) one.tabIndex = one === tile ? 0 : -1;
  }

  function lay(words, devices, counters) {
    const made = plan(devices, counters, box.clientWidth);
    box.style.height = `${made.height}px`;
    fill(wires, made.wires.map(wire));
    keepRows(desks, made.desks, (desk) => desk.counter, () => make("div.place.place--desk", {}, make("b")), (node, desk) => {
      stand(node, desk);
      const counter = counters.find((one) => one.counter === desk.counter);
      write(node.firstChild, words.read(counter.name));
    });
    server.hidden = !made.server;
    if (made.server) stand(server, made.server);
    write(server.lastChild, words.say("Queue server"));
    // In reading order, so that arrow keys go as the eye does.
    const inOrder = made.tiles.sort((one, other) => one.y - other.y || one.x - other.x);
    keepRows(tiles, inOrder, (tile) => tile.device.device, (tile) => build(tile, open), (node, tile) => update(words, node, tile));
    if (![...tiles.children].some((one) => one.tabIndex === 0) && tiles.firstChild) stop(tiles.firstChild);
  }

  return (words, devices, counters) => {
    last = [words, devices, counters];
    lay(...last);
  };
}

function stand(node, { x, y, width, height }) {
  Object.assign(node.style, { left: `${x}px`, top: `${y}px`, width: `${width}px`, height: `${height}px` });
}

function wire({ d, device, kind }) {
  const isCut = device !== null && device.state === "offline";
  return draw("path", { class: `wire wire--${kind}${isCut ? " wire--cut" : ""}`, d });
}

function build(tile, open) {
  const node = make(
    "button.tile",
    { type: "button", tabIndex: -1, onclick: () => open(node.dataset.key) },
    icon(tile.device.kind),
    make("span.tile__name"),
    make("span.tile__state"),
  );
  return node;
}

function update(words, node, tile) {
  const { device } = tile;
  stand(node, tile);
  const shown = device.state === "online" && isDrifted(device) ? "fault" : device.state;
  node.className = `tile tile--${shown}${tile.isAtDesk ? "" : " tile--place"}`;
  const [, name, state] = node.children;
  // On a desk there is no room for a number, and no need: the desk says whose it is.
  write(name, tile.isAtDesk ? words.code(KIND_SHORT, device.kind) : nameOf(words, device));
  const saying = `${shown} ${words.language}`;
  if (state.dataset.saying !== saying) {
    state.dataset.saying = saying;
    fill(state, [mark(shown), make("span", {}, stateWords(words, shown))]);
  }
  const wrong = faultWords(words, device);
  const full = [nameOf(words, device), stateWords(words, device.state), wrong].filter(Boolean);
  node.setAttribute("aria-label", [...new Set(full)].join(" · "));
  node.title = node.getAttribute("aria-label");
}
