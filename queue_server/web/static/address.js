/**
 * What a page is told by its address: `#token=…&lang=zh`.  A fragment never reaches a server or its log.
 */

export function fragment() {
  return new URLSearchParams(location.hash.slice(1));
}

/** Remember the language in the address, so that a reload keeps it; the token stays where it was. */
export function keepLanguage(language) {
  const parts = fragment();
  parts.set("lang", language);
  history.replaceState(null, "", `#${parts}`);
}
