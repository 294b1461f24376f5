/**
 * Stable codes of the wire in words.  A code that is missing here is shown as it came: nothing is hidden.
 */

import { word } from "./words.js";

export const COUNTER_STATE = {
  closed: word("Closed"),
  free: word("Free"),
  calling: word("Calling"),
  serving: word("Serving"),
  paused: word("Paused"),
  no_ticket: word("Serving without a number"),
};

export const CUSTOMER_CLASS = {
  ordinary: word("Ordinary"),
  priority: word("Priority customer"),
  vip: word("VIP"),
};

export const PHASE = {
  wait: word("Waited"),
  way: word("On the way"),
  service: word("Service"),
  hold: word("On hold"),
  seat_away: word("Away from seat"),
  wrap_up: word("Wrap-up"),
};

/** Why a ticket stands where it stands, and why a call went past somebody. */
export const PLACE_REASON = {
  priority: word("Priority customer"),
  vip: word("VIP"),
  resumed: word("Back from form-filling"),
  reinstated: word("Reinstated"),
  postponed: word("Missed, moved back"),
  reserved: word("For this counter"),
  cap: word("Waited longest allowed"),
  out_of_order: word("Out of order"),
  moved: word("Moved to the head"),
  returned: word("Back to the head"),
  order: word("By order of arrival"),
};

export const PAUSE_REASON = {
  lunch: word("Lunch"),
  balancing: word("Balancing the till"),
  leave_seat: word("Leaving the seat"),
  meeting: word("Meeting"),
  shift_change: word("Change of shift"),
  equipment_fault: word("Equipment fault"),
};

export const HOLD_REASON = {
  form_filling: word("Filling in a form"),
  papers_missing: word("Papers missing"),
  approval: word("Waiting for approval"),
  phone_call: word("On the phone"),
  customer_request: word("Asked by the customer"),
};

export const CALL_REASON = {
  appointment: word("Has an appointment"),
  came_back: word("Customer came back"),
  needs_care: word("Needs care"),
  lobby_manager: word("Asked by the lobby manager"),
  follow_up: word("Follow-up of an earlier visit"),
  urgent: word("Urgent"),
  policy: word("By the calling policy"),
};

export const WITHDRAW_REASON = {
  called_by_mistake: word("Called by mistake"),
  not_here_yet: word("Not here yet"),
  given_back: word("Given back"),
};

export const AWAY_DEVICE = {
  copier: word("Copier"),
  fx_terminal: word("FX terminal"),
  card_machine: word("Card machine"),
  scanner: word("Scanner"),
  note_counter: word("Banknote counter"),
  vault: word("Vault"),
};

export const MISSED_OUTCOME = {
  postponed: word("Moved back"),
  held: word("Kept for a while"),
  to_tail: word("To the end of the queue"),
  void: word("Void"),
  to_requeue: word("Needs a new number"),
  returned_to_head: word("Back to the head"),
};

export const ATTRIBUTION = {
  customer: word("Customer"),
  teller: word("Teller"),
  device: word("Device"),
  rule: word("Rule"),
  branch: word("Branch"),
  lobby_manager: word("Lobby manager"),
};

export const PRINT_STATE = {
  pending: word("Printing"),
  printed: word("Printed"),
  failed: word("Not printed"),
  unknown: word("Print not known"),
};

/** What customers say of a visit, best first; not rated is none of them (H4). */
export const RATING = {
  very_satisfied: word("Very satisfied"),
  satisfied: word("Satisfied"),
  neutral: word("Neutral"),
  dissatisfied: word("Dissatisfied"),
};

export const DEVICE_KIND = {
  kiosk: word("Kiosk"),
  ticket_printer: word("Ticket printer"),
  lobby_display: word("Lobby display"),
  speaker: word("Speaker"),
  pad_line: word("Pad line"),
  call_pad: word("Call pad"),
  window_screen: word("Window screen"),
  evaluator: word("Evaluator"),
};

/** Where there is little room, as on a counter's desk in the picture of the hall. */
export const KIND_SHORT = {
  call_pad: word("Pad"),
  window_screen: word("Screen"),
  evaluator: word("Evaluator"),
};

export const DEVICE_STATE = {
  online: word("Online"),
  fault: word("Fault"),
  offline: word("Offline"),
  unknown: word("No word"),
};

/** A device by what it is and its number: "Kiosk 1" for kiosk_1, "Speaker 1" for display_1-speaker.  An id without a number is shown as it is. */
export function deviceName(words, kind, id) {
  const number = /(\d+)\D*$/.exec(id)?.[1];
  const name = words.code(DEVICE_KIND, kind);
  return number ? `${name} ${number}` : `${name} · ${id}`;
}

/** A device's fault, and why a slip did not come out. */
export const FAULT = {
  near_end: word("Paper nearly used up"),
  paper_out: word("Out of paper"),
  cover_open: word("Cover open"),
  cutter_error: word("Cutter stuck"),
  jammed: word("Paper jam"),
  overheated: word("Too hot"),
  unrecoverable: word("Needs repair"),
  offline: word("Offline"),
  no_answer: word("No answer"),
  garbled: word("Answers make no sense"),
  unplugged: word("Unplugged"),
  unknown: word("Not known"),
  fault: word("Fault"),
  failed: word("Not printed"),
  cancelled: word("Cancelled"),
  kiosk_restarted: word("Kiosk restarted meanwhile"),
  kiosk_storage: word("Could not be remembered"),
  not_a_ticket: word("Could not be laid out"),
  not_remembered: word("Kiosk never got the slip"),
  not_taken: word("Kiosk was stopping"),
  seen_before: word("Asked for twice"),
  no_report: word("No word from the kiosk"),
  no_connection: word("No connection"),
  not_heard: word("Not heard of any more"),
  no_sound_device: word("No sound output"),
  sound_stopped: word("Sound came to no end"),
  switched_off: word("Sound switched off"),
  duplicate_address: word("Address used twice"),
  stuck_key: word("Key stays pressed"),
  tamper: word("Case opened"),
  low_voltage: word("Supply too weak"),
  wrong_speed: word("Wrong speed"),
  config_drift: word("Runs another configuration"),
  server_lost: word("Queue server not reached"),
};
