/**
 * What needs the lobby manager now: pauses to grant, and alerts as they arise.
 */

import { timeOfDay } from "../clock.js";
import { deviceName, DEVICE_STATE, FAULT, PAUSE_REASON } from "../codes.js";
import { ALERT } from "../incident_codes.js";
import { find, keepRows, make, write } from "../elements.js";

const SHOWN_ALERTS = 40;
const GRAVE = new Set(["unheard", "standard", "not_printed", "device", "overtaken", "supervisor_called", "supervisor_escalated"]);

export function showPauses(words, pauses, zone, { grant, decline }) {
  keepRows(
    find("#pauses"),
    pauses,
    (pause) => pause.counter,
    () => {
      const row = make("li.pause", {}, make("p"));
      row.append(
        make("button.button.button--small.button--primary", { type: "button", onclick: () => grant(row.pause) }),
        make("button.button.button--small", { type: "button", onclick: () => decline(row.pause) }),
      );
      return row;
    },
    (row, pause) => {
      row.pause = pause;
      write(
        row.children[0],
        words.say("Counter {counter}, {teller}: pause for {reason}? {waiting} wait, asked at {time}.", {
          counter: pause.counter,
          teller: words.read(pause.teller_name) || pause.teller,
          reason: words.code(PAUSE_REASON, pause.reason),
          waiting: pause.waiting,
          time: timeOfDay(pause.asked_at, zone),
        }),
      );
      write(row.children[1], words.say("Grant"));
      write(row.children[2], words.say("Decline"));
    },
  );
}

/** An alert in words. */
export function alertWords(words, alert) {
  const { details } = alert;
  const table = details.fault ? FAULT : DEVICE_STATE;
  return words
    .code(ALERT, alert.code)
    .replace(/\{(\w+)\}/g, (whole, name) => {
      if (name === "state") return words.code(table, details.fault ?? details.state);
      if (name === "device") return deviceName(words, details.kind, details.device);
      return alert[name] ?? details[name] ?? "–";
    });
}

/** Write the alerts, newest first; `open(alert)` when one is pressed.  `isNew(alert)`: arose while the page was open. */
export function showAlerts(words, alerts, zone, open, isNew) {
  keepRows(
    find("#alerts"),
    alerts.slice(0, SHOWN_ALERTS),
    (alert) => alert.position,
    (alert) => {
      const row = make("li");
      row.append(
        make(
          `button.alert${isNew(alert) ? ".alert--new" : ""}`,
          { type: "button", onclick: () => open(row.alert) },
          make("span.lamp"),
          make("span"),
          make("time.soft.small"),
        ),
      );
      return row;
    },
    (row, alert) => {
      row.alert = alert;
      const [lamp, text, time] = row.firstElementChild.children;
      lamp.className = `lamp lamp--${GRAVE.has(alert.code) ? "bad" : "warn"}`;
      write(text, alertWords(words, alert));
      write(time, timeOfDay(alert.at, zone, true));
    },
  );
}
