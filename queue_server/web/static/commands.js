/**
 * Asking the server for something, over HTTP.  One press is one command id; a request whose answer was lost is sent
 * again with the same id, so that it acts once however often it travels (C6).
 */

const ANSWER_WITHIN_MS = 4000;
const PAUSES_MS = [250, 600, 1200, 2400, 4000];

/** The rules said no, in words for people. */
export class Refused extends Error {
  constructor(code, message, details = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** Nobody answered, and it is not known whether the command was done. */
export class Unanswered extends Error {}

/** A new command id.  `crypto.randomUUID` exists only on https and localhost; a branch has plain addresses too. */
export function newCommandId() {
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  return `page-${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}

export class Commands {
  /**
   * @param {object} options
   * @param {string|null} options.token null for the public page
   * @param {() => string} options.language "zh" or "en", asked at each request
   * @param {typeof fetch} options.fetcher
   * @param {(ms: number) => Promise<void>} options.pause
   * @param {(attempt: number) => void} options.retrying told before each repeat
   */
  constructor({
    token = null,
    language = () => "zh",
    fetcher = (...request) => fetch(...request),
    pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    retrying = () => {},
  } = {}) {
    this.token = token;
    this.language = language;
    this.fetcher = fetcher;
    this.pause = pause;
    this.retrying = retrying;
  }

  /** Do it once.  Returns the answer; raises Refused, or Unanswered after all repeats. */
  async send(path, body = {}, commandId = newCommandId()) {
    const content = JSON.stringify({ ...body, command_id: commandId });
    return this.#request("POST", path, content);
  }

  /** Read something.  Raises as `send` does. */
  async read(path) {
    return this.#request("GET", path);
  }

  async #request(method, path, content) {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.#attempt(method, path, content);
      if (answer !== null) return answer;
      if (attempt >= PAUSES_MS.length) throw new Unanswered(path);
      this.retrying(attempt + 1);
      await this.pause(PAUSES_MS[attempt]);
    }
  }

  /** The parsed answer, or null when the same request has to be sent again. */
  async #attempt(method, path, content) {
    let response;
    let answer;
    try {
      response = await this.fetcher(`/api/v1${path}`, {
        method,
        headers: this.#headers(content),
        body: content,
        cache: "no-store",
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      answer = await response.json();
    } catch {
      // No connection, no answer in time, or half an answer: all of them may or may not have acted.
      return null;
    }
    if (response.ok) return answer;
    if (answer?.code === "too_busy" || [502, 504].includes(response.status)) return null;
    throw new Refused(answer?.code ?? "fault", answer?.message ?? String(response.status), answer?.details);
  }

  #headers(content) {
    const headers = { "Accept-Language": this.language() === "en" ? "en" : "zh-CN" };
    if (content !== undefined) headers["Content-Type"] = "application/json";
    if (this.token) headers.Authorization = `Bearer ${this.token}`;
    return headers;
  }
}
