// A screening's page as it changes: the festival's events say that something did, and the page is asked for once more.
// What holds the focus or a scroll position stays in its place; only figures, seats and rows are put in.
import { stay } from "../stream.js";
import { signInAgain } from "./sign-in.js";

const BETWEEN_MS = 4000; // at least so long from one asking to the next, however fast tickets are sold
const COUNTED = ["sold", "admitted", "reserved", "held", "blocked", "badges"];
const root = document.getElementById("course");
const live = document.getElementById("live");
let asked = 0;
let due = null;

const parts = (node) => [...node.querySelectorAll("[data-live]")];
const names = (nodes) => nodes.map((node) => node.dataset.live).join();

function putIn(fresh) {
  const [here, there] = [parts(root), parts(fresh)];
  if (names(here) === names(there)) here.forEach((node, at) => node.replaceChildren(...there[at].childNodes));
  else root.replaceChildren(...fresh.childNodes);
  root.dataset.seen = fresh.dataset.seen;
  document.dispatchEvent(new Event("redrawn"));
}

async function ask() {
  due = null;
  asked = performance.now();
  try {
    const answer = await fetch(location.href, { headers: { accept: "text/html" } });
    const fresh = answer.ok && new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("course");
    if (fresh) putIn(fresh);
  } catch {
    // Without a network the connection for events is lost as well, and that is said.
  }
}

function look({ screenings }) {
  const line = screenings.find(({ screening }) => screening === root.dataset.screening);
  if (!line || COUNTED.map((name) => line.capacity[name]).join(" ") === root.dataset.seen) return;
  due ??= setTimeout(ask, Math.max(0, asked + BETWEEN_MS * (1 + Math.random() / 2) - performance.now()));
}

live.hidden = false;
stay(root.dataset.events, {
  snapshot: look,
  change: look,
  lost(gone) {
    live.textContent = gone ? live.dataset.lost : live.dataset.live;
    live.classList.toggle("open", !gone);
    if (gone) signInAgain();
  },
});
