// The workplaces: one page of the branch per tab, loaded when it is first sat at and kept from then on.

export class Desks {
  #desk;
  #tabs;
  #link;
  #server;
  #pages = new Map();
  #isThere = false;

  /** `server` is the address the workplaces' pages come from. */
  constructor(desk, tabs, link, server) {
    this.#desk = desk;
    this.#tabs = tabs;
    this.#link = link;
    this.#server = server;
    for (const [index, tab] of tabs.entries()) {
      tab.addEventListener("click", () => this.sitAt(tab));
      tab.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const next = tabs[(index + step + tabs.length) % tabs.length];
        this.sitAt(next);
        next.focus();
      });
    }
    new ResizeObserver(() => this.fit()).observe(desk);
    this.sitAt(tabs[0]);
  }

  /** Whether a page asked for now would come; one that was wanted while it would not is asked for when it does. */
  serverIs(isThere) {
    this.#isThere = isThere;
    if (isThere) this.sitAt(this.#chosen);
  }

  sitAt(tab) {
    for (const other of this.#tabs) {
      other.setAttribute("aria-selected", String(other === tab));
      other.tabIndex = other === tab ? 0 : -1;
    }
    this.#desk.setAttribute("aria-labelledby", tab.id);
    this.#link.href = this.#address(tab);
    if (this.#isThere && !this.#pages.has(tab)) {
      const page = document.createElement("iframe");
      page.title = tab.textContent.trim();
      page.src = this.#address(tab);
      page.allow = "autoplay";
      this.#pages.set(tab, page);
      this.#desk.append(page);
    }
    for (const [owner, page] of this.#pages) page.classList.toggle("is-shown", owner === tab);
    this.fit();
  }

  /** A page gets at least the size it is made for, and is made smaller as a whole where there is less room. */
  fit() {
    for (const [tab, page] of this.#pages) {
      const [width, height] = [this.#desk.clientWidth, this.#desk.clientHeight];
      const scale = Math.min(1, width / tab.dataset.width, height / tab.dataset.height);
      page.style.width = `${Math.ceil(width / scale)}px`;
      page.style.height = `${Math.ceil(height / scale)}px`;
      page.style.transform = `scale(${scale})`;
    }
  }

  /** A page of the branch comes from the server; what stands on the counters is the supervisor's own. */
  #address(tab) {
    return new URL(tab.dataset.page, tab.dataset.page.startsWith("/pads") ? location.origin : this.#server).href;
  }

  get #chosen() {
    return this.#tabs.find((tab) => tab.getAttribute("aria-selected") === "true") ?? this.#tabs[0];
  }
}
