/**
 * What the call pad asks before it sends: a reason, a target, a service.  One function per key that asks.
 */

import { AWAY_DEVICE, CALL_REASON, deviceName, HOLD_REASON, PAUSE_REASON, WITHDRAW_REASON } from "../codes.js";
import { askFor } from "../dialog.js";
import { INCIDENT_KIND } from "../incident_codes.js";

/** What a teller sees at the counter and no machine can; a late cash van is the lobby manager's to tell. */
const BY_HAND = ["special_request", "manual_entry"];

/** Codes as choices. */
function coded(words, codes, table) {
  return codes.map((code) => ({ value: code, words: words.code(table, code) }));
}

function reasonField(words, codes, table, other = true) {
  return {
    name: "reason",
    title: words.say("Reason"),
    kind: "choice",
    isNeeded: true,
    options: coded(words, codes, table).filter((option) => !other || option.value !== "other"),
    other: other ? words.say("Other reason…") : undefined,
  };
}

function serviceField(words, choices, value, offered = choices.services) {
  return {
    name: "service",
    title: words.say("Service"),
    kind: "choice",
    isNeeded: true,
    value,
    options: offered.map((service) => ({ value: service.service, words: words.read(service.name) })),
  };
}

function bandField(words, choices, value) {
  return {
    name: "amount_band",
    title: words.say("Amount"),
    kind: "choice",
    value: value ?? "",
    options: [
      { value: "", words: words.say("No amount") },
      ...choices.amount_bands.map((band) => ({ value: band.amount_band, words: words.read(band.name) })),
    ],
  };
}

/**
 * The asks of one page.  `send(verb, body)` acts at the page's counter, `sendTicket(number, verb, body)` on a ticket,
 * `record(body)` records an event; all raise what `commands` raises.
 */
export function asks({ words, sections, send, sendTicket, record }) {
  const choices = () => sections().choices;
  const ticket = () => sections().counter.ticket;

  return {
    withdraw: () =>
      askFor({
        words,
        title: words.say("Take back the call of {number}", { number: ticket().number }),
        text: words.say("The customer keeps the place in the queue."),
        fields: [reasonField(words, Object.keys(WITHDRAW_REASON), WITHDRAW_REASON, false)],
        confirm: words.say("Take call back"),
        act: (values) => send("withdraw-call", values),
      }),

    hold: () =>
      askFor({
        words,
        title: words.say("Hold {number}", { number: ticket().number }),
        text: words.say("The customer steps aside and keeps the place; the counter is free."),
        fields: [reasonField(words, choices().hold_reasons, HOLD_REASON)],
        confirm: words.say("Hold"),
        act: (values) => send("hold", values),
      }),

    transfer: () =>
      askFor({
        words,
        isWide: true,
        title: words.say("Transfer {number}", { number: ticket().number }),
        text: words.say("The waiting time is kept. Choose a service, a counter, or both."),
        fields: [
          {
            name: "to_service",
            title: words.say("To service"),
            kind: "choice",
            value: "",
            options: [
              { value: "", words: words.say("Same service") },
              ...choices()
                .services.filter((service) => service.service !== ticket().service)
                .map((service) => ({ value: service.service, words: words.read(service.name) })),
            ],
          },
          {
            name: "to_counter",
            title: words.say("To counter"),
            kind: "choice",
            value: "",
            options: [
              { value: "", words: words.say("Any counter") },
              ...choices()
                .counters.filter((counter) => counter.counter !== sections().counter.counter)
                .map((counter) => ({
                  value: counter.counter,
                  words: counter.is_open
                    ? words.read(counter.name)
                    : words.say("{counter} (closed)", { counter: words.read(counter.name) }),
                })),
            ],
          },
        ],
        confirm: words.say("Transfer"),
        act: (values) =>
          send("transfer", { to_service: values.to_service || null, to_counter: values.to_counter || null }),
      }),

    set: () =>
      askFor({
        words,
        isWide: true,
        title: words.say("What is being done for {number}?", { number: ticket().number }),
        fields: [
          serviceField(words, choices(), ticket().transaction?.service ?? ticket().service),
          bandField(words, choices(), ticket().transaction?.amount_band),
        ],
        confirm: words.say("Set"),
        act: (values) => send("transaction", { service: values.service, amount_band: values.amount_band || null }),
      }),

    next: () =>
      askFor({
        words,
        isWide: true,
        title: words.say("Next transaction for {number}", { number: ticket().number }),
        text: words.say("The running transaction ends, the next one is timed apart."),
        fields: [serviceField(words, choices(), ticket().service), bandField(words, choices(), null)],
        confirm: words.say("Start next"),
        act: (values) => send("next-transaction", { service: values.service, amount_band: values.amount_band || null }),
      }),

    leave: () =>
      askFor({
        words,
        title: words.say("Leave the seat"),
        text: words.say("The time away counts in the transaction and is reported as distance to the equipment."),
        fields: [
          {
            name: "device",
            title: words.say("Where to?"),
            kind: "choice",
            isNeeded: true,
            options: coded(words, choices().devices, AWAY_DEVICE),
            other: words.say("Somewhere else…"),
          },
        ],
        confirm: words.say("Leave seat"),
        act: (values) => send("leave-seat", values),
      }),

    number: (number = "") =>
      askFor({
        words,
        title: number ? words.say("Call {number} before its turn?", { number }) : words.say("Call a number"),
        text: words.say("A call out of order is recorded as a queue jump, with the reason and who was passed over."),
        fields: [
          ...(number ? [] : [{ name: "number", title: words.say("Number"), kind: "text", isNeeded: true, limit: 12 }]),
          reasonField(words, choices().call_reasons, CALL_REASON),
        ],
        confirm: words.say("Call this number"),
        act: (values) =>
          send("call", { number: number || values.number.toUpperCase(), reason: values.reason }),
      }),

    startWaiting: (number) =>
      askFor({
        words,
        title: words.say("Serve {number} without a call?", { number }),
        text: words.say("The customer already stands here. It is recorded that the number was not called."),
        confirm: words.say("Start"),
        act: () => send("start", { number }),
      }),

    unnumbered: () =>
      askFor({
        words,
        isWide: true,
        title: words.say("Serve somebody without a number"),
        text: words.say("It is recorded as service without a number, and customers who wait see it."),
        fields: [
          serviceField(
            words,
            choices(),
            undefined,
            choices().services.filter((service) => sections().counter.services.includes(service.service)),
          ),
          reasonField(words, choices().call_reasons, CALL_REASON),
        ],
        confirm: words.say("Start"),
        act: (values) => send("start-no-ticket", values),
      }),

    pause: () =>
      askFor({
        words,
        title: words.say("Pause the counter"),
        text: words.say("While many customers wait, the lobby manager or branch head has to agree."),
        fields: [reasonField(words, choices().pause_reasons, PAUSE_REASON)],
        confirm: words.say("Pause"),
        act: (values) => send("pause", values),
      }),

    close: () =>
      askFor({
        words,
        title: words.say("Close the counter?"),
        text: words.say("Customers waiting who could come here: {count}.", { count: sections().waiting.length }),
        fields: [reasonField(words, choices().pause_reasons, PAUSE_REASON)],
        confirm: words.say("Close counter"),
        isDanger: true,
        act: (values) => send("close", values),
      }),

    incident: () =>
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
            options: coded(words, BY_HAND, INCIDENT_KIND),
          },
          { name: "note", title: words.say("In words"), kind: "long", isNeeded: true, limit: 500 },
          {
            name: "number",
            title: words.say("Ticket number (if any)"),
            kind: "text",
            value: ticket()?.number ?? "",
            limit: 16,
          },
        ],
        confirm: words.say("Record"),
        act: (values) =>
          record({ ...values, number: values.number.toUpperCase() || null, counter: sections().counter.counter }),
      }),

    undoNoShow: (number) =>
      askFor({
        words,
        title: words.say("Undo the no-show of {number}", { number }),
        text: words.say("Back to the head of the queue; the miss does not count against the customer."),
        fields: [
          { name: "reason", title: words.say("Reason"), kind: "text", isNeeded: true, value: "" },
        ],
        confirm: words.say("Undo no-show"),
        act: (values) => sendTicket(number, "undo-no-show", values),
      }),

    reprint: (number) =>
      askFor({
        words,
        title: words.say("Print {number} again", { number }),
        text: words.say("The new slip carries the mark 补打 (reprint)."),
        fields: [
          {
            name: "kiosk",
            title: words.say("At kiosk"),
            kind: "choice",
            isNeeded: true,
            value: choices().kiosks[0],
            options: choices().kiosks.map((kiosk) => ({ value: kiosk, words: deviceName(words, "kiosk", kiosk) })),
          },
        ],
        confirm: words.say("Reprint"),
        act: (values) => sendTicket(number, "reprint", values),
      }),
  };
}
