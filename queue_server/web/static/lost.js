/**
 * The banner of a page that no longer knows the state of the branch, and says so.
 */

import { find, write } from "./elements.js";

const NOT_KNOWN = ["unidentified", "not_permitted"];

// The first connection of a page takes a moment; that is not a lost one.
const FIRST_MS = 1500;
const openedAt = performance.now();

export function showLost(words, feed) {
  const banner = find("#lost");
  const isNew = feed.position === null && Object.keys(feed.sections).length === 0;
  if (!feed.isConnected && isNew && !feed.refused && performance.now() - openedAt < FIRST_MS) {
    setTimeout(() => showLost(words, feed), FIRST_MS);
    return;
  }
  banner.hidden = feed.isConnected;
  document.body.classList.toggle("is-lost", !feed.isConnected);
  write(
    banner,
    NOT_KNOWN.includes(feed.refused)
      ? words.say("This page is not known to the server: its address needs a valid token.")
      : words.say("Connection lost – what you see may be old. Reconnecting…"),
  );
}
