/**
 * One live connection of a page: a namespace, who asks, and what is known.  What a page shows of it is elsewhere.
 */

import { io } from "/static/npm/socket.io.esm.min.js";
import { APPLIED, Follower, GAP } from "./follow.js";

// A server that was asked to resume and says nothing is asked again after this.
const RESUME_AGAIN_MS = 2000;

export class Feed {
  #askedAt = -Infinity;
  #isStopped = false;
  #happened = () => {};
  #changed = () => {};
  #connection = () => {};

  /**
   * @param {string} namespace such as "/teller"
   * @param {object} identity what the connect `auth` says besides `have`: {token} or {link}
   */
  constructor(namespace, identity) {
    this.follower = new Follower();
    this.isConnected = false;
    this.refused = null;
    this.socket = io(namespace, {
      autoConnect: false,
      transports: ["websocket"],
      auth: (answer) => answer({ ...identity, have: this.follower.position }),
      // Half of a hall's pages must not come back in the same moment after a restart.
      reconnectionDelay: 300,
      reconnectionDelayMax: 3000,
      randomizationFactor: 0.5,
      timeout: 5000,
    });
    this.socket.on("snapshot", (message) => this.#take(this.follower.snapshot(message), message));
    this.socket.on("delta", (message) => this.#take(this.follower.delta(message), message));
    this.socket.on("connect", () => this.#connected(true));
    this.socket.on("disconnect", (reason) => {
      // The server may come back restored from a backup, at a lower position.
      this.follower.restart();
      this.#connected(false);
      // Socket.IO takes a disconnect by the server as final; for a page it is a restart like any other.
      if (reason === "io server disconnect") this.#again();
    });
    this.socket.on("connect_error", (error) => {
      this.#connected(false, error.data?.code ?? error.data?.details?.code ?? null);
      // A refused namespace is not tried again by itself; the token may be enrolled a minute later.
      if (!this.socket.active) this.#again(5000);
    });
  }

  get sections() {
    return this.follower.sections;
  }

  get position() {
    return this.follower.position;
  }

  /** What stood in the section when it arrived is so many milliseconds old now. */
  age(section) {
    return performance.now() - (this.follower.arrived[section] ?? performance.now());
  }

  /** Start: `changed()` after every step, `happened(happening)` for each, `connection(isConnected, refusedCode)`. */
  follow({ changed, happened = () => {}, connection = () => {} }) {
    this.#changed = changed;
    this.#happened = happened;
    this.#connection = connection;
    this.socket.connect();
  }

  /** Follow no more: there is nothing left to follow. */
  stop() {
    this.#isStopped = true;
    this.socket.disconnect();
  }

  /** Resolves when the position is reached, or after `withinMs` all the same: a page must never stay locked. */
  async reached(position, withinMs = 1500) {
    const until = performance.now() + withinMs;
    while ((this.position === null || this.position < position) && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
  }

  #take(step, message) {
    if (step === APPLIED) {
      this.#changed();
      for (const happening of message.happenings ?? []) this.#happened(happening);
      return;
    }
    if (step === GAP && performance.now() - this.#askedAt > RESUME_AGAIN_MS) {
      this.#askedAt = performance.now();
      this.socket.emit("resume", { have: this.follower.position });
    }
  }

  #connected(isConnected, refused = null) {
    this.isConnected = isConnected;
    this.refused = refused;
    this.#askedAt = -Infinity;
    this.#connection(isConnected, refused);
  }

  #again(afterMs = 500) {
    setTimeout(() => this.#isStopped || this.socket.connect(), afterMs * (0.5 + Math.random()));
  }
}
