/**
 * What the lobby manager's acts ask before they are sent.
 */

import { CUSTOMER_CLASS, deviceName, PAUSE_REASON } from "../codes.js";
import { INCIDENT_KIND } from "../incident_codes.js";
import { askFor } from "../dialog.js";

const BY_HAND = ["cash_van_late", "special_request", "manual_entry"];
const PAUSES = ["lunch", "balancing", "meeting", "shift_change", "equipment_fault"];

/** `send(path, body)` raises what `commands` raises; `sections()` is what the page knows. */
export function asks({ words, sections, send, said }) {
  const ticketPath = (number, verb) => `/tickets/${encodeURIComponent(number)}/${verb}`;
  const counterPath = (counter, verb) => `/counters/${encodeURIComponent(counter)}/${verb}`;
  const reason = { name: "reason", title: words.say("Reason"), kind: "text", isNeeded: true };

  const withReason = (number, verb, { title, text, confirm, isDanger = false, value = "" }) =>
    askFor({
      words,
      title,
      text,
      isDanger,
      confirm,
      fields: [{ ...reason, title: words.say("Reason"), value }],
      act: (values) => send(ticketPath(number, verb), values),
    });

  const confirmed = (path, { title, text, confirm, isDanger = true }) =>
    askFor({ words, title, text, confirm, isDanger, act: () => send(path) });

  const kioskField = () => ({
    name: "kiosk",
    title: words.say("At kiosk"),
    kind: "choice",
    isNeeded: true,
    value: sections().branch.kiosks[0],
    options: sections().branch.kiosks.map((kiosk) => ({ value: kiosk, words: deviceName(words, "kiosk", kiosk) })),
  });

  return {
    move: (number) =>
      withReason(number, "move", {
        title: words.say("Move {number} to the head", { number }),
        text: words.say("It is recorded as a queue jump, with the reason and who was passed over."),
        confirm: words.say("Move to the head"),
      }),

    undoNoShow: (number) =>
      withReason(number, "undo-no-show", {
        title: words.say("Undo the no-show of {number}", { number }),
        text: words.say("Back to the head of the queue; the miss does not count against the customer."),
        confirm: words.say("Undo no-show"),
      }),

    cancel: (number) =>
      withReason(number, "cancel", {
        title: words.say("Give {number} back", { number }),
        text: words.say("The customer gives the number back; it is not called any more."),
        confirm: words.say("Give back"),
        isDanger: true,
        value: words.say("Asked by the customer"),
      }),

    walkedOut: (number) =>
      confirmed(ticketPath(number, "walked-out"), {
        title: words.say("{number} left without being called?", { number }),
        text: words.say("It is recorded as a walk-out, not as a no-show."),
        confirm: words.say("Walked out"),
      }),

    reprint: (number) =>
      askFor({
        words,
        title: words.say("Print {number} again", { number }),
        text: words.say("The new slip carries the mark 补打 (reprint)."),
        fields: [kioskField()],
        confirm: words.say("Reprint"),
        act: (values) => send(ticketPath(number, "reprint"), values),
      }),

    reissue: (number) =>
      askFor({
        words,
        title: words.say("New number for {number}", { number }),
        text: words.say("The new slip carries the mark 过号重排 (requeued)."),
        fields: [kioskField()],
        confirm: words.say("Issue"),
        act: (values) => send(ticketPath(number, "reissue"), values),
      }),

    issue: () =>
      askFor({
        words,
        isWide: true,
        title: words.say("Issue a number"),
        text: words.say("For customers who cannot use the kiosk. The number is told here; print it with “Reprint”."),
        fields: [
          {
            name: "service",
            title: words.say("Service"),
            kind: "choice",
            isNeeded: true,
            options: sections().branch.services.map((one) => ({ value: one.service, words: words.read(one.name) })),
          },
          {
            name: "customer_class",
            title: words.say("Customer"),
            kind: "choice",
            isNeeded: true,
            value: "ordinary",
            options: Object.keys(CUSTOMER_CLASS).map((code) => ({ value: code, words: words.code(CUSTOMER_CLASS, code) })),
          },
        ],
        confirm: words.say("Issue"),
        act: async (values) => {
          const answer = await send("/tickets", values);
          said(words.say("Number {number} was issued.", { number: answer.order.face.number }));
        },
      }),

    incident: (number = "") =>
      askFor({
        words,
        isWide: true,
        title: words.say("Record an event"),
        fields: [
          {
            name: "kind",
            title: words.say("What happened?"),
            kind: "choice",
            isNeeded: true,
            options: BY_HAND.map((kind) => ({ value: kind, words: words.code(INCIDENT_KIND, kind) })),
          },
          { name: "note", title: words.say("In words"), kind: "long", isNeeded: true, limit: 500 },
          { name: "number", title: words.say("Ticket number (if any)"), kind: "text", value: number, limit: 16 },
          {
            name: "counter",
            title: words.say("Counter (if any)"),
            kind: "choice",
            value: "",
            options: [
              { value: "", words: words.say("None") },
              ...sections().counters.map((one) => ({ value: one.counter, words: words.read(one.name) })),
            ],
          },
        ],
        confirm: words.say("Record"),
        act: (values) =>
          send("/incidents", {
            ...values,
            number: values.number.toUpperCase() || null,
            counter: values.counter || null,
          }),
      }),

    notice: () =>
      askFor({
        words,
        title: words.say("Post a notice"),
        text: words.say("It stands on the lobby displays until it is taken down."),
        fields: [
          { name: "zh", title: words.say("In Chinese"), kind: "long", isNeeded: true, limit: 200 },
          { name: "en", title: words.say("In English (the Chinese stands there without it)"), kind: "long", limit: 200 },
        ],
        confirm: words.say("Post"),
        act: (values) => send("/notices", { zh: values.zh, en: values.en || values.zh }),
      }),

    pauseCounter: (counter) =>
      askFor({
        words,
        title: words.say("Pause {counter}", { counter: words.read(counter.name) }),
        fields: [
          {
            name: "reason",
            title: words.say("Reason"),
            kind: "choice",
            isNeeded: true,
            options: PAUSES.map((code) => ({ value: code, words: words.code(PAUSE_REASON, code) })),
            other: words.say("Other reason…"),
          },
        ],
        confirm: words.say("Pause"),
        act: (values) => send(counterPath(counter.counter, "pause"), values),
      }),

    closeCounter: (counter) =>
      confirmed(counterPath(counter.counter, "close"), {
        title: words.say("Close {counter}?", { counter: words.read(counter.name) }),
        confirm: words.say("Close counter"),
      }),

    closeDay: () =>
      confirmed("/day/close", {
        title: words.say("Close the business day?"),
        text: words.say(
          "Still waiting: {waiting}. Their numbers expire, counters are closed, and no number is issued until the next day.",
          { waiting: sections().today.waiting },
        ),
        confirm: words.say("Close the day"),
      }),

    reopenDay: () =>
      confirmed("/day/reopen", {
        title: words.say("Reopen the business day?"),
        text: words.say("Numbers are issued again. Those that expired stay expired; counters are opened by their tellers."),
        confirm: words.say("Reopen the day"),
      }),

    correct: (number, transaction) =>
      askFor({
        words,
        isWide: true,
        title: words.say("Correct a transaction of {number}", { number }),
        text: words.say("What it was is corrected; its times stand."),
        fields: [
          {
            name: "service",
            title: words.say("Service"),
            kind: "choice",
            isNeeded: true,
            value: transaction.service,
            options: sections().branch.services.map((one) => ({ value: one.service, words: words.read(one.name) })),
          },
          {
            name: "amount_band",
            title: words.say("Amount"),
            kind: "choice",
            value: transaction.amount_band ?? "",
            options: [
              { value: "", words: words.say("No amount") },
              ...sections().branch.amount_bands.map((one) => ({ value: one.amount_band, words: words.read(one.name) })),
            ],
          },
          reason,
        ],
        confirm: words.say("Correct"),
        act: (values) =>
          send(ticketPath(number, `transactions/${transaction.index}/correct`), {
            ...values,
            amount_band: values.amount_band || null,
          }),
      }),
  };
}
