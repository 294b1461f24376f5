/**
 * Making and keeping elements.  Text is set as text, never as markup: what a customer or a teller typed stays text.
 */

/** An element: `make("button.key", {type: "button", onclick}, "words", child)`. */
export function make(name, properties = {}, ...children) {
  const [tag, ...classes] = name.split(".");
  const node = document.createElement(tag || "div");
  if (classes.length) node.className = classes.join(" ");
  for (const [key, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else if (key === "dataset") Object.assign(node.dataset, value);
    else if (key in node && typeof value !== "string") node[key] = value;
    else node.setAttribute(key, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

/** The same for drawings: `draw("path", {d: "M0 0h8"})`. */
export function draw(tag, attributes = {}, ...children) {
  const node = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) node.setAttribute(key, value);
  }
  node.append(...children);
  return node;
}

/** Set text only where it changed: a screen reader is not told the same twice, and a selection survives. */
export function write(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Replace the children, unless the same things would stand there again. */
export function fill(node, children) {
  node.replaceChildren(...children.filter(Boolean));
}

/**
 * Keep a list's rows by key: a row that stays keeps its element, and with it focus and scroll.
 * `build(item)` makes a row, `update(row, item)` writes what it says.
 */
export function keepRows(list, items, key, build, update) {
  const held = new Map(Array.from(list.children, (row) => [row.dataset.key, row]));
  let before = list.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    let row = held.get(name);
    if (row === undefined) {
      row = build(item);
      row.dataset.key = name;
    }
    held.delete(name);
    update(row, item);
    if (row === before) before = before.nextElementSibling;
    else list.insertBefore(row, before);
  }
  for (const row of held.values()) row.remove();
}

export const find = (selector, root = document) => root.querySelector(selector);
