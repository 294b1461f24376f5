/**
 * Following a feed by position: (what I have, what came) → what to do.  The same rules as `queue_server/wire/follow.py`.
 *
 * Pure but for one thing: it remembers when each section arrived, by the clock it was given, because durations in a
 * section are true at its arrival and count on from there.  It opens no socket.
 */

export const APPLIED = "applied";
export const REPEAT = "repeat";
export const GAP = "gap";

export class Follower {
  /** @param {() => number} clock monotonic milliseconds */
  constructor(clock = () => performance.now()) {
    this.clock = clock;
    this.position = null;
    this.sections = {};
    this.arrived = {};
  }

  /** Take a snapshot; one older than what is held crossed a delta on its way and is a repeat. */
  snapshot({ position, sections }) {
    if (this.position !== null && position < this.position) return REPEAT;
    this.sections = { ...sections };
    this.#stamp(sections);
    this.position = position;
    return APPLIED;
  }

  /** Apply the changed sections, or say that the delta was seen before or does not fit. */
  delta({ position, previous, sections = {} }) {
    if (this.position === null) return GAP;
    if (position <= this.position) return REPEAT;
    if (previous !== this.position) return GAP;
    this.sections = { ...this.sections, ...sections };
    this.#stamp(sections);
    this.position = position;
    return APPLIED;
  }

  /** Forget the position, so that the next snapshot is taken whatever it says: a new connection. */
  restart() {
    this.position = null;
  }

  #stamp(sections) {
    const now = this.clock();
    for (const name of Object.keys(sections)) this.arrived[name] = now;
  }
}
