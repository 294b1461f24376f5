// The paper that comes out of the ticket printer: real rasters of what the simulator received and cut.

export class Paper {
  #box;
  #say;
  #scan;
  #shown = new Set();
  #isFirst = true;

  /** `scan(address)` is called with the address in the ticket's code when a ticket is touched. */
  constructor(box, say, scan) {
    this.#box = box;
    this.#say = say;
    this.#scan = scan;
  }

  /** A new connection tells the last tickets again. */
  begin() {
    this.#isFirst = true;
    setTimeout(() => {
      this.#isFirst = false;
    }, 600);
  }

  /** The printer cut a ticket off. */
  cut({ number, png, codes }) {
    if (this.#shown.has(png)) return;
    this.#shown.add(png);
    this.#box.querySelector(".paper__none")?.remove();
    const ticket = document.createElement("button");
    ticket.type = "button";
    ticket.className = this.#isFirst ? "slip" : "slip slip--new";
    ticket.title = this.#say("Touch to scan the code");
    const picture = document.createElement("img");
    picture.alt = `${this.#say("Printed ticket")} ${number}`;
    picture.src = `/paper/${encodeURIComponent(png)}`;
    ticket.append(picture);
    const address = codes?.[0];
    ticket.disabled = !address;
    ticket.addEventListener("click", () => this.#scan(address));
    this.#box.prepend(ticket);
    while (this.#box.children.length > 6) this.#box.lastElementChild.remove();
  }
}
