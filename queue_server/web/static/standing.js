/**
 * How a device stands, on every page that says it: colour, shape and word, never colour alone.
 */

import { deviceName, DEVICE_STATE, FAULT } from "./codes.js";
import { draw, make } from "./elements.js";

/** What the shape is drawn with, in a square of 16. */
const SHAPES = {
  online: ["circle", { cx: 8, cy: 8, r: 7 }, "M4.6 8.3 7 10.7l4.5-5"],
  fault: ["path", { d: "M8 1.2 15.2 14.4H.8z" }, "M8 6v4.2M8 12.2v.4"],
  offline: ["rect", { x: 1.2, y: 1.2, width: 13.6, height: 13.6, rx: 2.4 }, "M5 5l6 6M11 5l-6 6"],
  unknown: ["circle", { cx: 8, cy: 8, r: 6.4 }, "M5 8h6"],
};

/** The mark of a state: a ringed tick, a triangle with "!", a square with a cross, a hollow ring. */
export function mark(state) {
  const known = SHAPES[state] ? state : "unknown";
  const [tag, shape, sign] = SHAPES[known];
  return draw(
    "svg",
    { class: `mark mark--${known}`, viewBox: "0 0 16 16", "aria-hidden": "true" },
    draw(tag, { class: "mark__ground", ...shape }),
    draw("path", { class: "mark__sign", d: sign }),
  );
}

export function stateWords(words, state) {
  return words.code(DEVICE_STATE, state);
}

/** A mark and its word. */
export function stateChip(words, state, more = "") {
  return make(`span.standing.standing--${state}`, {}, mark(state), make("span", {}, [stateWords(words, state), more].filter(Boolean).join(" ")));
}

/** What people call the device: its own name, or its kind and number. */
export function nameOf(words, device) {
  return device.name ? words.read(device.name) : deviceName(words, device.kind, device.device);
}

/** What is wrong with it, in words; empty when nothing is. */
export function faultWords(words, device) {
  if (device.fault) return words.code(FAULT, device.fault);
  if (isDrifted(device)) return words.code(FAULT, "config_drift");
  return device.state === "online" ? "" : stateWords(words, device.state);
}

/** It runs another configuration than the branch file says (F3). */
export function isDrifted(device) {
  return Boolean(device.expected_config && device.config && device.config !== device.expected_config);
}

/** Whether somebody has to look at it. */
export function isWrong(device) {
  return device.state === "fault" || device.state === "offline" || isDrifted(device);
}
