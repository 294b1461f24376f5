/**
 * What stands on the lobby displays beside the calls.
 */

import { find, keepRows, make, write } from "../elements.js";

/** Write them; `withdraw(notice)` when one is taken down.  An apology goes by itself. */
export function showNotices(words, notices, withdraw) {
  write(find("#count-notices"), String(notices.length));
  keepRows(
    find("#list-notices"),
    notices,
    (notice) => notice.notice_id,
    (notice) =>
      make(
        "div.row",
        {},
        make("span.row__main"),
        make("button.button.button--small", { type: "button", onclick: () => withdraw(notice) }),
      ),
    (row, notice) => {
      write(row.children[0], words.read(notice.text));
      write(row.children[1], words.say("Take down"));
      row.children[1].hidden = notice.is_apology;
    },
  );
}
