// The hall: a click keeps a seat at once, and everybody's changes are seen as they happen.
// The list of rows and the drawing hold the same seats in the same order, so the n-th of one is the n-th of the other.
import { Countdown } from "./clock.js";
import { watch } from "./live.js";
import { makeView } from "./view.js";

const hall = document.getElementById("hall");
const words = hall.dataset;
const svg = hall.querySelector("svg.map[role]");
const form = document.getElementById("seats");
const tray = document.getElementById("tray");
const said = document.getElementById("said");
const told = document.getElementById("told");
const token = document.querySelector("[name=_csrf_token]").value;

const boxes = form ? [...form.querySelectorAll("[name=seat]")] : [];
const uses = svg ? [...svg.querySelectorAll(".s")] : [];
const labels = boxes.map((box) => box.value);
const place = new Map(labels.map((label, index) => [label, index]));
let taken = new Set(labels.filter((_, index) => boxes[index].disabled));
let mine = new Set(words.mine ? words.mine.split(" ") : []);

function paint(index) {
  const label = labels[index];
  const own = mine.has(label);
  const gone = !own && taken.has(label);
  uses[index].setAttribute("class", own ? "s m" : gone ? "s t" : "s");
  boxes[index].checked = own;
  boxes[index].disabled = gone;
}

const paintAll = () => labels.forEach((_, index) => paint(index));

function spoken(index) {
  const label = labels[index];
  const [row, number] = label.split("/").pop().split("-");
  const kind = boxes[index].parentNode.querySelector(".away")?.textContent;
  const state = mine.has(label) ? words.yours : taken.has(label) ? words.taken : words.free;
  return [words.row.replace("{row}", row).replace("{number}", number), kind, state].filter(Boolean).join(", ");
}

function say(title, detail) {
  said.hidden = !title;
  said.firstElementChild.textContent = title ?? "";
  said.lastElementChild.textContent = detail ?? "";
}

const part = (name) => tray.querySelector(`[data-tray=${name}]`);
const clock = new Countdown(
  (text, soon) => {
    part("clock").textContent = text;
    part("clock").classList.toggle("soon", soon);
  },
  {
    soon: () => say(words.soon, ""),
    over: () => {
      mine = new Set();
      tray.hidden = true;
      paintAll();
      say(words.over, words.again);
    },
  },
);

function show(choice) {
  const before = mine;
  mine = new Set(choice.seats);
  // Seats given back are free again before the server's own message says so.
  for (const label of before) if (!mine.has(label)) taken.delete(label);
  paintAll();
  tray.hidden = !choice.seats.length;
  part("title").textContent = choice.title;
  part("words").textContent = choice.words;
  part("total").textContent = choice.total;
  part("extend").hidden = !choice.extendable;
  clock.start(choice.expires_in_ms);
}

let line = Promise.resolve();
/** Sends a form's fields and shows the outcome; one at a time, in the order of the clicks. */
function send(path, fields) {
  line = line.then(async () => {
    const body = new URLSearchParams(fields);
    body.set("_csrf_token", token);
    try {
      const answer = await fetch(words.address + path, { method: "POST", body, headers: { accept: "application/json" } });
      const data = await answer.json();
      if (answer.ok) {
        say();
        show(data);
        if (told && data.seats.length) told.textContent = `${data.title}: ${data.words}`;
      } else {
        for (const seat of data.seats ?? []) taken.add(seat);
        paintAll();
        say(data.title, data.detail);
        said.scrollIntoView({ block: "nearest" });
      }
    } catch {
      paintAll();
      say(words.broken, words.retry);
    }
  });
  return line;
}

function toggle(index) {
  const label = labels[index];
  if (taken.has(label) && !mine.has(label)) return;
  uses[index].classList.add("busy");
  send("/seats", mine.has(label) ? { remove: label } : { add: label });
}

let view;
if (form) {
  form.querySelector("details").open = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    const index = boxes.indexOf(event.target);
    if (index >= 0) toggle(index);
  });
  view = makeView(svg, hall.querySelector(".zoom"), { uses, toggle, told, spoken });
  svg.addEventListener("click", (event) => {
    if (view.moved() || view.comeNear(event)) return;
    const index = uses.indexOf(event.target);
    if (index >= 0) toggle(index);
    const area = event.target.dataset?.area;
    if (area) document.querySelector(`input[name=area][value="${CSS.escape(area)}"]`)?.form.querySelector("select").focus();
  });
}

for (const other of document.querySelectorAll("#best, .places, #tray form")) {
  other.dataset.asks = "yes";
  other.addEventListener("submit", (event) => {
    event.preventDefault();
    const path = new URL(other.action).pathname.slice(words.address.length);
    send(path, new FormData(other)).then(() => path === "/best" && view.bring([...mine].map((label) => place.get(label))));
  });
}

watch(words.events, words.availability, {
  snapshot({ seats, areas }) {
    taken = new Set(Object.keys(seats));
    paintAll();
    for (const [area, { free }] of Object.entries(areas ?? {})) {
      const shown = document.querySelector(`[data-area-free="${CSS.escape(area)}"] span`);
      if (shown) shown.textContent = free;
    }
  },
  change({ seats }, catchUp) {
    for (const [label, state] of Object.entries(seats)) {
      const index = place.get(label);
      // A place without a number: how many are left is told by a snapshot.
      if (index === undefined) catchUp();
      if (index === undefined) continue;
      if (state === "free") taken.delete(label);
      else taken.add(label);
      paint(index);
    }
  },
});

clock.start(Number(words.expires));
