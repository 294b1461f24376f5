/**
 * How the devices are: a list, and in a few figures; what to do about them is on the devices page.
 */

import { timeOfDay } from "../clock.js";
import { fill, find, keepRows, make, write } from "../elements.js";
import { faultWords, isWrong, mark, nameOf, stateWords } from "../standing.js";

/** The list, its lamp, and the figures beside today's. */
export function showDevices(words, devices, zone) {
  find("#lamp-devices").className = `lamp lamp--${devices.some(isWrong) ? "bad" : "good"}`;
  keepRows(
    find("#list-devices"),
    devices,
    (device) => device.device,
    () => make("div.row", {}, make("span"), make("span.row__main"), make("span"), make("time.soft.small")),
    (row, device) => {
      fill(row.children[0], [mark(device.state)]);
      write(row.children[1], nameOf(words, device));
      write(row.children[2], faultWords(words, device) || stateWords(words, device.state));
      write(row.children[3], device.since ? words.say("since {time}", { time: timeOfDay(device.since, zone) }) : "");
    },
  );
  showHealth(words, devices);
}

/** How many devices are well, faulty, gone: the way to the devices page. */
function showHealth(words, devices) {
  const health = find("#health");
  health.hash = location.hash;
  const counts = ["online", "fault", "offline", "unknown"]
    .map((state) => ({ state, count: devices.filter((one) => one.state === state).length }))
    .filter((one) => one.count > 0);
  const saying = words.language + JSON.stringify(counts);
  if (health.dataset.saying === saying) return;
  health.dataset.saying = saying;
  fill(health, [
    make("span.health__marks", {}, ...counts.map((one) => make("span", {}, mark(one.state), String(one.count)))),
    make("span", {}, words.say("Devices")),
  ]);
  const told = counts.map((one) => `${stateWords(words, one.state)} ${one.count}`).join(", ");
  health.setAttribute("aria-label", `${words.say("Devices")}: ${told}`);
}
