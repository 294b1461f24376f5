/**
 * The customer's own ticket, live.  It knows nothing of anybody else, and the link is all it needs.
 */

import { fragment, keepLanguage } from "../address.js";
import { everySecond, minutes, timeOfDay } from "../clock.js";
import { Commands, Refused } from "../commands.js";
import { askFor } from "../dialog.js";
import { fill, find, make, write } from "../elements.js";
import { Feed } from "../feed.js";
import { bringChinese } from "../fonts.js";
import { pageWords, word } from "../words.js";

/** What stands under the number. */
const STATE = {
  waiting: word("In the queue"),
  called: word("You are being called"),
  serving: word("Being served"),
  on_hold: word("Your place is kept"),
  served: word("Served. Thank you for coming."),
  no_show: word("Your number was missed"),
  walked_out: word("Closed: you had left"),
  cancelled: word("Given back"),
  expired: word("Expired at the end of the day"),
};
const OPEN = new Set(["waiting", "called", "serving", "on_hold", "no_show"]);
const LOST_AFTER_MS = 1500;

bringChinese();
const words = pageWords(fragment());
const { link } = find("#slip").dataset;
const commands = new Commands({ language: () => words.language });
const feed = new Feed("/ticket", { link });
let ticket = null;
let ticketAt = performance.now();

function take(view) {
  if (view) {
    ticket = view;
    ticketAt = performance.now();
  }
  if (!ticket) return;
  find("#slip").removeAttribute("aria-busy");
  find("#unknown").hidden = true;
  write(find("#branch-name"), words.read(ticket.branch));
  write(find("#number"), ticket.number);
  write(find("#service"), words.read(ticket.service));
  write(find("#state"), words.code(STATE, ticket.state));
  find("#slip").toggleAttribute("data-over", !OPEN.has(ticket.state));
  document.title = `${ticket.number} · ${words.read(ticket.branch)}`;
  showPlace();
  showMissed();
  showFacts();
  showCall();
  find("#give-back").hidden = !["waiting", "on_hold"].includes(ticket.state);
}

function showPlace() {
  const isWaiting = ticket.state === "waiting";
  find("#ahead-line").hidden = !isWaiting;
  if (isWaiting) {
    // The figure stands in a slot of its own: the line does not move when it changes.
    const [before, after] = words.say("People ahead of you: {ahead}").split("{ahead}");
    write(find("#ahead-before"), before);
    write(find("#ahead"), String(ticket.ahead ?? "–"));
    write(find("#ahead-after"), after);
  }
  write(
    find("#wait"),
    !isWaiting
      ? ticket.state === "on_hold"
        ? words.say("Tell the teller or the lobby manager when you are ready.")
        : ""
      : ticket.wait
        ? words.say("Expected wait {band}", { band: words.band(ticket.wait) })
        : words.say("No counter is open for this service yet"),
  );
}

function showMissed() {
  find("#missed").hidden = !ticket.was_missed;
  write(
    find("#missed-title"),
    ticket.state === "no_show" ? words.say("Your number was missed") : words.say("Your number was missed and queues again"),
  );
  write(find("#missed-rule"), words.read(ticket.missed_rule));
  // Said once: in the notice when it happened, at the foot before.
  write(find("#rule"), ticket.was_missed || !OPEN.has(ticket.state) ? "" : words.read(ticket.missed_rule));
}

function showFacts() {
  const rows = [
    [words.say("Taken at"), timeOfDay(ticket.issued_at, ticket.zone)],
    ticket.quoted ? [words.say("Told on the ticket"), words.band(ticket.quoted)] : null,
    ticket.counter && ticket.state === "serving" ? [words.say("At"), words.read(ticket.counter_name)] : null,
    ticket.now_serving.length ? [words.say("Now at the counters"), ticket.now_serving.join("  ")] : null,
    ticket.requeued_as ? [words.say("Your new number"), ticket.requeued_as] : null,
    ticket.papers.length && OPEN.has(ticket.state)
      ? [words.say("Please have ready"), ticket.papers.map((paper) => words.read(paper)).join(words.isEnglish ? ", " : "、")]
      : null,
    [words.say("Complaint hotline"), make("a", { href: `tel:${ticket.hotline}` }, ticket.hotline)],
  ];
  fill(
    find("#facts"),
    rows.filter(Boolean).map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))),
  );
}

function showCall() {
  const come = find("#come");
  const isCalled = ticket.state === "called";
  if (isCalled && come.hidden) navigator.vibrate?.([300, 150, 300]);
  come.hidden = !isCalled;
  if (!isCalled) return;
  write(find("#come-number"), ticket.number);
  write(find("#come-words"), words.say("Please come to"));
  write(find("#come-counter"), words.read(ticket.counter_name));
  write(find("#come-since"), words.say("Called at {time}", { time: timeOfDay(ticket.called_at, ticket.zone, true) }));
}

function showConnection() {
  const isLost = !feed.isConnected && ticket !== null;
  const lost = find("#lost");
  lost.hidden = !isLost;
  if (isLost)
    write(
      lost,
      words.say("Connection lost. This was true {time} ago; please watch the screen in the hall.", {
        time: minutes(performance.now() - ticketAt),
      }),
    );
}

function giveBack() {
  askFor({
    words,
    title: words.say("Give number {number} back?", { number: ticket.number }),
    text: words.say("You lose your place and will not be called. For another turn you take a new number."),
    confirm: words.say("Give back"),
    isDanger: true,
    act: async () => {
      const answer = await commands.send(`/public/tickets/${encodeURIComponent(link)}/cancel`);
      await feed.reached(answer.position);
    },
  });
}

function setLanguage(language) {
  words.language = language;
  keepLanguage(language);
  words.paint();
  write(find("#language"), words.isEnglish ? "中文" : "English");
  find("#language").lang = words.isEnglish ? "zh-CN" : "en";
  take(null);
  showConnection();
}

async function open() {
  try {
    take(await commands.read(`/public/tickets/${encodeURIComponent(link)}`));
  } catch (error) {
    if (error instanceof Refused) {
      find("#slip").hidden = true;
      find("#unknown").hidden = false;
      return;
    }
  }
  feed.follow({
    changed: () => take(feed.sections.ticket),
    connection: (_isConnected, refused) => {
      // Yesterday's link: a phone in somebody's pocket must not ask for it all day.
      if (refused === "unknown_ticket") feed.stop();
      setTimeout(showConnection, feed.isConnected ? 0 : LOST_AFTER_MS);
    },
  });
  everySecond(() => {
    if (!find("#lost").hidden) showConnection();
  });
}

find("#language").addEventListener("click", () => setLanguage(words.isEnglish ? "zh" : "en"));
find("#give-back").addEventListener("click", giveBack);
setLanguage(words.language);
open();
