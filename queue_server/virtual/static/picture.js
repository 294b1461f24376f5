// A screen of the hall: draws the newest picture the real program streamed, and takes touches back to it.

export class Picture {
  #canvas;
  #name;
  #isLoading = false;
  #isStale = false;

  /** `tap(x, y)` is called with pixels of the picture; null for a screen that is not touched. */
  constructor(canvas, name, tap) {
    this.#canvas = canvas;
    this.#name = name;
    if (tap) {
      canvas.classList.add("is-touched");
      canvas.addEventListener("pointerdown", (event) => {
        const box = canvas.getBoundingClientRect();
        const x = Math.round(((event.clientX - box.left) / box.width) * canvas.width);
        const y = Math.round(((event.clientY - box.top) / box.height) * canvas.height);
        tap(Math.max(0, x), Math.max(0, y));
      });
    }
  }

  /** There is a newer picture.  One is fetched at a time; of those that came meanwhile only the last counts. */
  async changed(width, height) {
    if (this.#isLoading) {
      this.#isStale = true;
      return;
    }
    this.#isLoading = true;
    try {
      const answer = await fetch(`/screens/${this.#name}.jpg`);
      if (answer.ok) {
        const bitmap = await createImageBitmap(await answer.blob());
        if (this.#canvas.width !== width || this.#canvas.height !== height) {
          this.#canvas.width = width;
          this.#canvas.height = height;
        }
        this.#canvas.getContext("2d").drawImage(bitmap, 0, 0, width, height);
        bitmap.close();
      }
    } catch {
      // The supervisor is gone or the picture was half written: the next one comes with the next change.
    }
    this.#isLoading = false;
    if (this.#isStale) {
      this.#isStale = false;
      this.changed(width, height);
    }
  }
}
