// The paper that comes out of the ticket printer: real rasters of what the simulator received and cut.

const EARLIER = 4;

export class Paper {
  #paper;
  #tray;
  #say;
  #scan;
  #shown = new Set();
  #last = Promise.resolve();

  /** `scan(address)` is called with the address in the ticket's code when a ticket is touched. */
  constructor(paper, tray, say, scan) {
    this.#paper = paper;
    this.#tray = tray;
    this.#say = say;
    this.#scan = scan;
  }

  /** The printer cut a ticket off; one that is not new was cut before the page was opened. */
  cut(told) {
    if (this.#shown.has(told.slip)) return;
    this.#shown.add(told.slip);
    // One after the other: a picture that comes quicker must not overtake.
    this.#last = this.#last.then(() => this.#comeOut(told));
  }

  async #comeOut({ slip, codes, is_new: isNew }) {
    const picture = new Image();
    picture.alt = this.#say("Printed ticket");
    picture.src = `/paper/${encodeURIComponent(slip)}.png`;
    const ticket = this.#ticket(picture, codes?.[0]);
    try {
      await picture.decode();
    } catch {
      return;
    }
    ticket.style.setProperty("--ratio", `${picture.naturalWidth} / ${picture.naturalHeight}`);
    ticket.classList.toggle("slip--new", isNew);
    this.#lay();
    this.#paper.append(ticket);
  }

  /** The ticket that still hangs in the slot goes to those taken before. */
  #lay() {
    this.#paper.querySelector(".paper__none")?.remove();
    const hanging = this.#paper.querySelector(".slip");
    if (!hanging) return;
    hanging.classList.remove("slip--new");
    this.#tray.prepend(hanging);
    while (this.#tray.children.length > EARLIER) this.#tray.lastElementChild.remove();
  }

  #ticket(picture, address) {
    const ticket = document.createElement("button");
    ticket.type = "button";
    ticket.className = "slip";
    ticket.title = this.#say("Touch to scan the code");
    ticket.disabled = !address;
    ticket.append(picture);
    ticket.addEventListener("click", () => this.#scan(address));
    return ticket;
  }
}
