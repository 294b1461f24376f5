// A screen of the hall: draws the newest picture the real program streamed, and takes touches back to it.

const STEP = 0.02;

export class Picture {
  #canvas;
  #name;
  #bitmap = null;
  #size = [0, 0];
  #isLoading = false;
  #isStale = false;

  constructor(canvas, name) {
    this.#canvas = canvas;
    this.#name = name;
    new ResizeObserver(() => this.#draw()).observe(canvas);
  }

  /** Touches of the picture, with a finger or with the keyboard: `tap(x, y)` in pixels of the program's screen. */
  takeTouches(tap, finger) {
    const canvas = this.#canvas;
    const touch = (across, down) => {
      const [width, height] = this.#size;
      if (!width) return;
      tap(Math.round(across * (width - 1)), Math.round(down * (height - 1)));
      this.#ripple(across, down);
    };
    canvas.classList.add("is-touched");
    canvas.addEventListener("pointerdown", (event) => {
      finger.hidden = true;
      const box = canvas.getBoundingClientRect();
      touch(clamp((event.clientX - box.left) / box.width), clamp((event.clientY - box.top) / box.height));
    });
    let [across, down] = [0.5, 0.3];
    const point = () => {
      finger.hidden = false;
      finger.style.left = `${across * 100}%`;
      finger.style.top = `${down * 100}%`;
    };
    canvas.addEventListener("keydown", (event) => {
      const move = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
      if (move) {
        [across, down] = [clamp(across + move[0] * STEP * 2), clamp(down + move[1] * STEP)];
        point();
      } else if (event.key === "Enter" || event.key === " ") {
        point();
        touch(across, down);
      } else return;
      event.preventDefault();
    });
    canvas.addEventListener("blur", () => {
      finger.hidden = true;
    });
  }

  /** There is a newer picture.  One is fetched at a time; of those that came meanwhile only the last counts. */
  async changed({ width, height }) {
    if (this.#isLoading) {
      this.#isStale = true;
      return;
    }
    this.#isLoading = true;
    try {
      const answer = await fetch(`/screens/${this.#name}.jpg`);
      if (answer.ok) {
        const bitmap = await createImageBitmap(await answer.blob());
        this.#bitmap?.close();
        this.#bitmap = bitmap;
        this.#size = [width, height];
        await this.#draw();
      }
    } catch {
      // The supervisor is gone or the picture was half written: the next one comes with the next change.
    }
    this.#isLoading = false;
    if (this.#isStale) {
      this.#isStale = false;
      this.changed({ width, height });
    }
  }

  /** As many pixels as the screen in front of the visitor has: small writing stays readable. */
  async #draw() {
    const bitmap = this.#bitmap;
    const width = Math.min(Math.round(this.#canvas.clientWidth * devicePixelRatio), this.#size[0]);
    if (!bitmap || width < 1) return;
    const height = Math.round((width * this.#size[1]) / this.#size[0]);
    try {
      const small = await createImageBitmap(bitmap, { resizeWidth: width, resizeHeight: height, resizeQuality: "high" });
      if (this.#canvas.width !== width || this.#canvas.height !== height) {
        this.#canvas.width = width;
        this.#canvas.height = height;
      }
      this.#canvas.getContext("2d").drawImage(small, 0, 0);
      small.close();
      this.#canvas.dataset.drawn = Number(this.#canvas.dataset.drawn ?? 0) + 1;
    } catch {
      // A newer picture took this one's place while it was made smaller.
    }
  }

  #ripple(across, down) {
    const ripple = document.createElement("span");
    ripple.className = "glass__touch";
    ripple.style.left = `${across * 100}%`;
    ripple.style.top = `${down * 100}%`;
    ripple.addEventListener("animationend", () => ripple.remove());
    this.#canvas.parentElement.append(ripple);
  }
}

function clamp(part) {
  return Math.min(1, Math.max(0, part));
}
