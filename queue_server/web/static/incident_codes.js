/**
 * Codes of incidents in words: what went wrong, why, how grave, and the figures that go with it (I1, I4).
 */

import { word } from "./words.js";
import { FAULT, MISSED_OUTCOME, RATING } from "./codes.js";

export const INCIDENT_KIND = {
  missed_number: word("Missed number"),
  queue_jump: word("Queue jump"),
  no_ticket_service: word("Service without a number"),
  wait_over_limit: word("Wait over the limit"),
  wait_beyond_quote: word("Waited longer than told"),
  service_over_standard: word("Service over the standard"),
  counter_paused_on_customer: word("Counter paused on a customer"),
  walk_out: word("Left without being called"),
  ticket_not_printed: word("Ticket not printed"),
  unheard_call: word("Unheard call"),
  device_fault: word("Device fault"),
  low_rating: word("Low rating"),
  cash_van_late: word("Cash van late"),
  special_request: word("Special request"),
  manual_entry: word("Other event"),
};

export const CAUSE = {
  ...FAULT,
  ...MISSED_OUTCOME,
  ...RATING,
  recorded_by_staff: word("Recorded by staff"),
  not_shown: word("No display showed the call"),
  specific_call: word("A specific number was called"),
  moved_up: word("Moved to the head by staff"),
  served_uncalled: word("Served without a call"),
  display_stuck: word("The display stood still"),
  served_without_number: word("Somebody without a number was served"),
  next_in_line: word("The next customer was left waiting"),
  never_called: word("Never called"),
  waiting: word("Still waiting"),
  over_limit: word("Longer than the standard allows"),
};

export const SEVERITY = {
  1: word("Note"),
  2: word("Notable"),
  3: word("Serious"),
  4: word("Grave"),
};

export const SEVERITY_REASON = {
  very_long_wait: word("Waited 30 minutes or more"),
  long_wait: word("Waited 15 minutes or more"),
  overtaken_out_of_order: word("Overtaken out of order"),
  unheard_call: word("A call was unheard"),
  missed_again: word("Missed more than once"),
};

export const AMENDMENT = {
  ...FAULT,
  device_back: word("The device is back"),
  device_removed: word("The device was taken out of the configuration"),
  no_show_undone: word("The no-show was undone"),
};

export const FACT = {
  service: word("Service"),
  customer_class: word("Customer"),
  wait_ms: word("Waited until first call"),
  way_ms: word("Called for"),
  overtaken: word("Times overtaken"),
  misses: word("Misses before"),
  misses_now: word("Misses now"),
  quote_hi_min: word("Told to wait at most"),
  gaps_ms: word("Between announcements"),
  outcome: word("What happens now"),
  print_state: word("Print"),
  policy: word("Calling policy"),
  unheard_calls: word("Unheard calls in a row"),
  waiting: word("Customers waiting"),
  is_consented: word("Pause agreed to"),
  how: word("The counter was"),
  limit_min: word("Limit"),
  limit_s: word("Standard"),
  standard_version: word("Version of the standard"),
  transaction_service: word("Transaction"),
  amount_band: word("Amount"),
  seat_away_ms: word("Away from seat"),
  device: word("Device"),
  part_of: word("Connected to"),
  counters: word("Counters"),
  touched: word("Numbers touched"),
  rating: word("Customer's rating"),
};

/** Facts that only machines read. */
export const HIDDEN_FACTS = new Set(["job_id", "announcement_id", "device_kind", "evaluator"]);

export const ALERT = {
  wait_level: word("{number} has waited {minutes} minutes"),
  beyond_quote: word("{number} waits longer than told"),
  overtaken: word("{number} was overtaken {overtaken} times"),
  standard: word("{number} at counter {counter}: {percent} percent of the standard used"),
  unheard: word("{number} to counter {counter}: call unheard"),
  pause_requested: word("Counter {counter} asks for a pause"),
  not_printed: word("{number} was not printed"),
  device: word("{device}: {state}"),
  supervisor_called: word("Counter {counter} called the supervisor"),
  supervisor_escalated: word("Counter {counter} called the supervisor, nobody answered: branch head was told"),
};
