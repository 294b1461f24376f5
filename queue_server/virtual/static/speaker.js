// The lobby's loudspeaker: plays what the display announces, one after another, when the visitor turned it on.

export class Speaker {
  #caption;
  #isOn = false;
  #queue = [];
  #playing = null;
  #clear = 0;

  constructor(caption) {
    this.#caption = caption;
  }

  /** Browsers play sound only after a touch; this is that touch.  Returns whether the sound is on now. */
  toggle() {
    this.#isOn = !this.#isOn;
    if (!this.#isOn) {
      this.#queue = [];
      this.#playing?.pause();
      this.#playing = null;
    }
    return this.#isOn;
  }

  /** The display begins to speak: the words always show, the sound plays when it is on. */
  play({ sound_id: id, text, duration_s: duration }) {
    this.#caption.textContent = text;
    clearTimeout(this.#clear);
    this.#clear = setTimeout(() => {
      this.#caption.textContent = "";
    }, duration * 1000);
    if (!this.#isOn) return;
    this.#queue.push(`/sounds/${encodeURIComponent(id)}.wav`);
    if (!this.#playing) this.#next();
  }

  #next() {
    const address = this.#queue.shift();
    if (!address) {
      this.#playing = null;
      return;
    }
    this.#playing = new Audio(address);
    for (const end of ["ended", "error"]) this.#playing.addEventListener(end, () => this.#next());
    this.#playing.play().catch(() => this.#next());
  }
}
