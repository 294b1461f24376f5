/**
 * One press of a key: sent once, and nothing else is sent until it is answered and its effect is on the screen.
 */

import { Refused, Unanswered } from "../commands.js";

// The same key again this soon is a bounce of the finger, not a wish for what the key has become meanwhile.
export const BOUNCE_MS = 600;

export class Presses {
  #pressedAt = new Map();

  /**
   * @param {object} world
   * @param {import("../commands.js").Commands} world.commands
   * @param {(position: number) => Promise<void>} world.reached resolves when the page shows that position
   * @param {(busy: string|null) => void} world.busy told which key is being answered
   * @param {() => number} [world.clock]
   */
  constructor({ commands, reached, busy, clock = () => performance.now() }) {
    this.commands = commands;
    this.reached = reached;
    this.busy = busy;
    this.clock = clock;
    this.current = null;
  }

  /** Whether this press of `key` counts; a bounce does not, nor does any press while one is being answered. */
  counts(key) {
    const now = this.clock();
    const last = this.#pressedAt.get(key) ?? -Infinity;
    this.#pressedAt.set(key, now);
    return this.current === null && now - last >= BOUNCE_MS;
  }

  /** Send it and wait until its effect is shown.  Raises Refused or Unanswered; returns null when one is under way. */
  async send(key, path, body = {}) {
    if (this.current !== null) return null;
    this.current = key;
    this.busy(key);
    try {
      const answer = await this.commands.send(path, body);
      // Until the delta is here the keys still show the old state: a press now would be meant for it.
      await this.reached(answer.position);
      return answer;
    } finally {
      this.current = null;
      this.busy(null);
    }
  }
}

/** What to say when a press came to nothing. */
export function whyNot(error, words) {
  if (error instanceof Refused) return error.message;
  if (error instanceof Unanswered) return words.say("The server did not answer. Look at the screen before you press again.");
  throw error;
}
