// The lobby's loudspeaker: plays what the display announces, one after another, when the visitor turned it on.

export class Speaker {
  #caption;
  #isOn = false;
  #queue = [];
  #playing = null;
  #clear = 0;

  /** `caption` shows the words while they are spoken, and its `data-quiet` otherwise. */
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
    this.#write(text);
    clearTimeout(this.#clear);
    this.#clear = setTimeout(() => this.#write(""), duration * 1000 + 500);
    if (!this.#isOn) return;
    this.#queue.push(`/sounds/${encodeURIComponent(id)}.wav`);
    if (!this.#playing) this.#next();
  }

  #write(text) {
    this.#caption.textContent = text ? `“${text}”` : this.#caption.dataset.quiet;
    this.#caption.title = text;
    this.#caption.classList.toggle("is-spoken", Boolean(text));
  }

  #next() {
    const address = this.#queue.shift();
    if (!address) {
      this.#playing = null;
      return;
    }
    const sound = new Audio(address);
    this.#playing = sound;
    let isOver = false;
    const over = () => {
      if (isOver || this.#playing !== sound) return;
      isOver = true;
      this.#next();
    };
    for (const end of ["ended", "error"]) sound.addEventListener(end, over);
    sound.play().catch(over);
  }
}
