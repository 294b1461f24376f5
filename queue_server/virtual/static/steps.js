// The five steps a newcomer takes: each is ticked off when it has happened, and the next one is pointed at.

const ORDER = ["take", "scan", "call", "hear", "break"];

export class Steps {
  #done = new Set();

  constructor() {
    this.#show();
  }

  done(step) {
    if (this.#done.has(step)) return;
    this.#done.add(step);
    this.#show();
  }

  #show() {
    const next = ORDER.find((step) => !this.#done.has(step));
    for (const mark of document.querySelectorAll("[data-step]")) {
      mark.classList.toggle("is-done", this.#done.has(mark.dataset.step));
      mark.classList.toggle("is-next", mark.dataset.step === next);
    }
  }
}
