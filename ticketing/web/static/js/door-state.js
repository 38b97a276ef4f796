// How things stand with this device, in a line: the network, what waits, how old the list is, and what is wrong.
import { filled, set } from "./door-show.js";

const LIST_OLD_MS = 1800000;
const CLOCK_WRONG_MS = 120000;

export function showState({ link, evening, sender, texts, told, now }) {
  const { at, post, venue } = evening.known();
  const minutes = (ms) => String(Math.round(Math.abs(ms) / 60000));
  const waiting = sender.waiting();
  const bar = document.getElementById("state");
  bar.dataset.state = told.refused ? "refused" : link.up ? "up" : "alone";
  bar.dataset.waiting = waiting;
  set("link", told.refused ? (texts.refused[told.refused] ?? texts.not_heard) : link.up ? texts.up : texts.down);
  set("sign-in", told.refused === "unauthenticated" ? texts.sign_in : "");
  set("waiting", waiting ? filled(texts.waiting, { count: waiting }) : "");
  const listed = evening.tickets();
  set("list", at === null ? texts.no_list : filled(texts.list, { count: listed, minutes: minutes(now - at) }));
  const warnings = [
    at === null && texts.no_list_advice,
    at !== null && !post && !venue && texts.no_venue,
    at !== null && now - at > LIST_OLD_MS && filled(texts.list_old, { minutes: minutes(now - at) }),
    Math.abs(link.ahead()) > CLOCK_WRONG_MS && filled(texts.clock, { minutes: minutes(link.ahead()) }),
    !evening.can_check && texts.unchecked,
    told.conflicts > 0 && filled(texts.conflicts, { count: told.conflicts }),
    sender.unreadable() > 0 && filled(texts.unreadable, { count: sender.unreadable() }),
  ].filter(Boolean);
  const list = document.getElementById("warnings");
  list.replaceChildren(...warnings.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
  list.hidden = warnings.length === 0;
}
