/**
 * Durations and times of day as people read them.  Pure; what ticks is `everySecond`.
 *
 * A duration is what the server said plus the age of its saying by the monotonic clock: setting the machine's clock
 * changes nothing (T6).
 */

/** "4:07", and "1:04:07" from an hour on; never below zero. */
export function minutes(ms) {
  const total = Math.max(0, Math.floor(ms / 1000));
  const hours = Math.floor(total / 3600);
  const rest = `${String(Math.floor((total % 3600) / 60)).padStart(hours ? 2 : 1, "0")}:${String(total % 60).padStart(2, "0")}`;
  return hours ? `${hours}:${rest}` : rest;
}

/** Whole seconds left, rounded up: "in 1 s" until it is really over. */
export function secondsLeft(ms) {
  return Math.max(0, Math.ceil(ms / 1000));
}

/** Whole minutes of a wait, rounded down: 75 minutes are 75 minutes. */
export function wholeMinutes(ms) {
  return Math.max(0, Math.floor(ms / 60000));
}

/** "09:05" or "09:05:31" in the branch's zone. */
export function timeOfDay(iso, zone, withSeconds = false) {
  if (!iso) return "";
  return new Intl.DateTimeFormat("en-GB", {
    hour: "2-digit",
    minute: "2-digit",
    second: withSeconds ? "2-digit" : undefined,
    timeZone: zone,
  }).format(iso instanceof Date ? iso : new Date(iso));
}

/** How a transaction stands against its limit: part used, and "good", "warn" from 80 %, "bad" from 100 % (T3). */
export function standing(spentMs, limitS) {
  if (!limitS) return { part: 0, level: "none" };
  const part = spentMs / (limitS * 1000);
  return { part, level: part >= 1 ? "bad" : part >= 0.8 ? "warn" : "good" };
}

/** Call `tick` now and four times a second: a second on the screen is never skipped, and a sleeping tab costs nothing. */
export function everySecond(tick) {
  tick();
  return setInterval(() => {
    if (!document.hidden) tick();
  }, 250);
}
