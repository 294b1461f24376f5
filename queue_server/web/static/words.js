/**
 * What people read, in Chinese or English.  The key of a sentence is its English; the catalogue comes with the page.
 */

/** Marks a key for the catalogue where it is written down and said later. */
export const word = (key) => key;

export class Words {
  constructor(catalogue, language = "zh") {
    this.catalogue = catalogue;
    this.language = language;
  }

  get isEnglish() {
    return this.language === "en";
  }

  /** The sentence in the page's language, `{name}` filled in. */
  say(key, values = {}) {
    const sentence = this.isEnglish ? key : (this.catalogue[key] ?? key);
    return sentence.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  }

  /** A Text of the wire. */
  read(text) {
    return text ? text[this.language] : "";
  }

  /** A stable code in words, by its table; one the page does not know yet is shown as it is, not hidden. */
  code(table, code) {
    if (code === null || code === undefined) return "";
    const key = table[code];
    return key ? this.say(key) : String(code).replaceAll("_", " ");
  }

  /** A WaitBand: "15–20 min". */
  band(band) {
    return band ? this.say("{lo}–{hi} min", { lo: band.lo_min, hi: band.hi_min }) : "";
  }

  /** Put the page's language on everything the template marked with `data-say` and `data-say-label`. */
  paint(root = document) {
    document.documentElement.lang = this.isEnglish ? "en" : "zh-CN";
    for (const node of root.querySelectorAll("[data-say]")) node.textContent = this.say(node.dataset.say);
    for (const node of root.querySelectorAll("[data-say-label]"))
      node.setAttribute("aria-label", this.say(node.dataset.sayLabel));
  }
}

/** The words of this page, in the language its address asks for (Chinese unless it says English). */
export function pageWords(fragment) {
  const catalogue = JSON.parse(document.getElementById("catalogue").textContent);
  return new Words(catalogue, fragment.get("lang")?.startsWith("en") ? "en" : "zh");
}
