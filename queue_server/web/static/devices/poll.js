/**
 * Asking for something again and again.  The last sign of life of a device changes every second and stands in no
 * journal, so it comes by no feed; one page that asks once a second costs less than an event for every breath.
 *
 * It has the face of a Feed as far as `lost.js` looks at it.  It decides nothing about what came.
 */

const ANSWER_WITHIN_MS = 4000;
const EVERY_MS = 1000;
// Nobody looks at a hidden page; it must be fresh soon after somebody does.
const HIDDEN_EVERY_MS = 10_000;
const REFUSED_EVERY_MS = 5000;

export class Poll {
  #stopped = false;
  #timer = null;
  #asking = false;

  /**
   * @param {string} path under /api/v1
   * @param {string|null} token
   * @param {() => string} language
   * @param {typeof fetch} fetcher
   */
  constructor(path, { token, language, fetcher = (...request) => fetch(...request) }) {
    this.path = path;
    this.token = token;
    this.language = language;
    this.fetcher = fetcher;
    this.answer = null;
    this.refused = null;
    this.isConnected = false;
    /** How far the server's clock is ahead of this machine's, within a second. */
    this.aheadMs = 0;
  }

  get position() {
    return this.answer === null ? null : 0;
  }

  get sections() {
    return this.answer ?? {};
  }

  /** Milliseconds since a moment of the server's clock; never below zero. */
  since(iso) {
    return Math.max(0, Date.now() + this.aheadMs - new Date(iso).getTime());
  }

  /** Start: `got(answer)` after each answer, `connection()` when it was lost, found or refused. */
  follow({ got, connection = () => {} }) {
    this.got = got;
    this.connection = connection;
    document.addEventListener("visibilitychange", () => document.hidden || this.now());
    this.now();
  }

  /** Ask at once: something was just done. */
  async now() {
    if (this.#stopped || this.#asking) return;
    clearTimeout(this.#timer);
    this.#asking = true;
    const wait = await this.#ask();
    this.#asking = false;
    if (!this.#stopped) this.#timer = setTimeout(() => this.now(), wait);
  }

  stop() {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #ask() {
    let response;
    let answer;
    try {
      response = await this.fetcher(`/api/v1${this.path}`, {
        headers: {
          Authorization: `Bearer ${this.token}`,
          "Accept-Language": this.language() === "en" ? "en" : "zh-CN",
        },
        cache: "no-store",
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      answer = await response.json();
    } catch {
      this.#tell(false, null);
      return EVERY_MS;
    }
    if (!response.ok) {
      this.#tell(false, answer?.code ?? "fault");
      return REFUSED_EVERY_MS;
    }
    const sentAt = Date.parse(response.headers.get("Date") ?? "");
    // The header is cut to whole seconds: half of one is the fairest guess.
    if (!Number.isNaN(sentAt)) this.aheadMs = sentAt + 500 - Date.now();
    this.answer = answer;
    this.#tell(true, null);
    this.got(answer);
    return document.hidden ? HIDDEN_EVERY_MS : EVERY_MS;
  }

  #tell(isConnected, refused) {
    if (isConnected === this.isConnected && refused === this.refused && this.position !== null) return;
    this.isConnected = isConnected;
    this.refused = refused;
    this.connection();
  }
}
