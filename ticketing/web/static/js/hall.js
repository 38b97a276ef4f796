// The hall: a click keeps a seat at once, and everybody's changes are seen as they happen.
// The list of rows and the drawing hold the same seats in the same order, so the n-th of one is the n-th of the other.
import { makeCard } from "./card.js";
import { makeKeys } from "./keys.js";
import { watch } from "./live.js";
import { makeNear } from "./near.js";
import { makeTray } from "./tray.js";
import { makeView } from "./view.js";

const hall = document.getElementById("hall");
const words = hall.dataset;
const { zones, sections } = JSON.parse(words.hall);
const map = document.getElementById("map");
const form = document.getElementById("seats");
const told = document.getElementById("told");
const token = document.querySelector("[name=_csrf_token]").value;

const boxes = form ? [...form.querySelectorAll("[name=seat]")] : [];
const uses = map ? [...map.querySelectorAll(".s")] : [];
const seats = boxes.map((box, index) => {
  const use = uses[index];
  const [, section, row, number] = box.value.match(/^(?:(.*)\/)?(.*)-(.*)$/);
  const group = use.parentNode;
  return {
    use,
    label: box.value,
    section: section ?? "",
    row,
    number,
    zone: zones[group.dataset.zone],
    ink: group.getAttribute("color"),
    kind: box.parentNode.querySelector(".away")?.textContent,
    sign: Boolean(use.nextElementSibling?.classList.contains("sign")),
    x: Number(use.getAttribute("x")),
    y: Number(use.getAttribute("y")),
  };
});
const labels = seats.map((seat) => seat.label);
const place = new Map(labels.map((label, index) => [label, index]));
const indexOf = new Map(uses.map((use, index) => [use, index]));
const listed = (text) => new Set(text ? text.split(" ") : []);
let taken = new Set(labels.filter((_, index) => boxes[index].disabled));
let mine = listed(words.mine);
let hinted = listed(words.hinted);
const asked = new Map(); // seats whose answer is on its way, and what they will be

function state(index) {
  const label = labels[index];
  if (asked.get(label) ?? mine.has(label)) return "mine";
  return taken.has(label) && !mine.has(label) ? "taken" : "free";
}

function paint(index) {
  const label = labels[index];
  const now = state(index);
  const look = { mine: "s m", taken: "s t", free: "s" }[now];
  const name = look + (asked.has(label) ? " busy" : "") + (hinted.has(label) && now === "free" ? " alone" : "");
  if (uses[index].getAttribute("class") === name) return;
  uses[index].setAttribute("class", name);
  boxes[index].checked = now === "mine";
  boxes[index].disabled = now === "taken";
  near?.colour(seats[index]);
  keys?.refresh(index);
}

function paintAll() {
  labels.forEach((_, index) => paint(index));
  countParts();
}

function countParts() {
  for (const part of hall.querySelectorAll("a[data-part]")) {
    const first = Number(part.dataset.first);
    let free = 0;
    for (let index = first; index < first + Number(part.dataset.length); index += 1) free += state(index) === "free";
    const text = words.left.replace("{num}", free);
    for (const shown of hall.querySelectorAll(`[data-part="${CSS.escape(part.dataset.part)}"] [data-part-free]`)) {
      if (shown.textContent !== text) shown.textContent = text;
    }
  }
}

function spoken(index) {
  const { section, row, number, zone, kind } = seats[index];
  const seat = words.row.replace("{row}", row).replace("{number}", number);
  const price = zone && [zone.name, ...zone.prices.map((tariff) => tariff.join(" "))].join(", ");
  const now = { mine: words.yours, taken: words.taken, free: words.free }[state(index)];
  return [sections[section], seat, kind, price, now].filter(Boolean).join(", ");
}

const tray = makeTray({
  send,
  over() {
    mine = new Set();
    hinted = new Set();
    paintAll();
  },
});

function show(choice) {
  const before = mine;
  mine = new Set(choice.seats);
  hinted = new Set(choice.hint?.seats ?? []);
  // Seats given back are free again before the server's own message says so.
  for (const label of before) if (!mine.has(label)) taken.delete(label);
  paintAll();
  tray.show(choice);
}

let line = Promise.resolve();
/** Sends a form's fields and shows the outcome; one at a time, in the order of the clicks. */
function send(path, fields) {
  line = line.then(async () => {
    const body = new URLSearchParams();
    for (const [name, value] of fields) body.append(name, value);
    body.set("_csrf_token", token);
    let answer;
    let data;
    try {
      answer = await fetch(words.address + path, { method: "POST", body, headers: { accept: "application/json" } });
      data = await answer.json();
    } catch {
      asked.clear();
      paintAll();
      return tray.say(words.broken, words.retry);
    }
    for (const [name, value] of fields) if (name === "add" || name === "remove") asked.delete(value);
    if (answer.ok) {
      tray.say();
      show(data);
      if (told && data.seats.length) told.textContent = `${data.title}: ${data.words}. ${data.hint?.title ?? ""}`;
    } else {
      for (const seat of data.seats ?? []) if (place.has(seat)) taken.add(seat);
      paintAll();
      tray.say(data.title, data.detail, data.offers);
    }
  });
  return line;
}

let last = -1; // the seat clicked last: with Shift, all from there on are taken
function toggle(index, far = false) {
  if (state(index) === "taken" || asked.has(labels[index])) return;
  const kind = state(index) === "mine" ? "remove" : "add";
  const from = far && last >= 0 && sameRow(last, index) ? last : index;
  const chosen = [];
  for (let at = Math.min(from, index); at <= Math.max(from, index); at += 1) {
    if (at === index || (state(at) === "free" && kind === "add")) chosen.push(labels[at]);
  }
  last = index;
  for (const label of chosen) {
    asked.set(label, kind === "add");
    paint(place.get(label));
  }
  send("/seats", chosen.map((label) => [kind, label]));
}

const sameRow = (one, other) => seats[one].row === seats[other].row && seats[one].section === seats[other].section;

function around(indices) {
  const xs = indices.map((index) => seats[index].x);
  const ys = indices.map((index) => seats[index].y);
  return { x: Math.min(...xs), right: Math.max(...xs), y: Math.min(...ys), bottom: Math.max(...ys) };
}

/** Brings the visitor's seats into sight; what is in sight already, and large enough, stays as it is. */
function bringMine() {
  const indices = [...mine].map((label) => place.get(label)).filter((index) => index !== undefined);
  if (!indices.length || !view) return;
  const box = around(indices);
  const sight = view.sight();
  const seen = box.x > sight.x && box.right < sight.right && box.y > sight.y && box.bottom < sight.bottom;
  if (!seen || view.pitch() < 9) view.show(box, 24, 32);
}

function showPart(section) {
  const link = hall.querySelector(`a[data-part="${CSS.escape(section)}"]`);
  const first = Number(link.dataset.first);
  view.show(around(Array.from({ length: Number(link.dataset.length) }, (_, at) => first + at)), 16);
}

let view;
let near;
let keys;
if (form) {
  form.querySelector("details").open = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("change", (event) => {
    const index = boxes.indexOf(event.target);
    if (index >= 0) toggle(index);
  });
  let card = null;
  const onRest = () => {
    near?.write();
    card?.show(-1);
  };
  view = makeView(map, { onRest });
  near = makeNear(view, seats);
  card = makeCard(map, { seats, indexOf, state, sections, words, quiet: () => view.busy() || view.overview() });
  keys = makeKeys(view, seats, { toggle, spoken, state, onFocus: card.show });
  near.write();
  let tapped = { time: -Infinity }; // the last tap that took a seat, or hit none
  view.svg.addEventListener("click", (event) => {
    // While the hall moves, what is under the finger is not what was meant.
    if (view.busy()) return;
    const index = indexOf.get(event.target) ?? -1;
    const twice = event.timeStamp - tapped.time < 350 && tapped.index === index;
    const part = event.target.closest(".block")?.dataset.part;
    if (part !== undefined) return showPart(part);
    if (event.target.dataset.area) return goTo(event.target.dataset.area);
    if (view.comeNear(event)) return;
    tapped = { time: event.timeStamp, index };
    // Tapped twice: a seat is not given back at once, and where none is, the hall comes nearer.
    if (index >= 0 && !twice) toggle(index, event.shiftKey);
    else if (index < 0 && twice) view.by(1.8, { x: event.clientX, y: event.clientY });
  });
  hall.querySelector(".parts-of-hall")?.addEventListener("click", (event) => {
    const part = event.target.closest("[data-part]");
    if (!part) return;
    event.preventDefault();
    showPart(part.dataset.part);
    map.scrollIntoView({ block: "nearest" });
  });
}

function goTo(area) {
  document.querySelector(`input[name=area][value="${CSS.escape(area)}"]`)?.form.querySelector("select").focus();
}

for (const other of document.querySelectorAll("#best, .places")) {
  other.dataset.asks = "yes";
  other.addEventListener("submit", (event) => {
    event.preventDefault();
    const path = new URL(other.action).pathname.slice(words.address.length);
    send(path, [...new FormData(other)]).then(() => path === "/best" && bringMine());
  });
}
// Seats that were offered are brought into sight as well, wherever they are.
document.addEventListener("offer-taken", bringMine);

watch(words.events, words.availability, {
  snapshot({ seats: gone, areas }) {
    taken = new Set(Object.keys(gone));
    paintAll();
    for (const [area, { free }] of Object.entries(areas ?? {})) {
      const shown = document.querySelector(`[data-area-free="${CSS.escape(area)}"] span`);
      if (shown) shown.textContent = free;
    }
  },
  change({ seats: changed }, catchUp) {
    for (const [label, now] of Object.entries(changed)) {
      const index = place.get(label);
      // A place without a number: how many are left is told by a snapshot.
      if (index === undefined) catchUp();
      if (index === undefined) continue;
      if (now === "free") taken.delete(label);
      else taken.add(label);
      paint(index);
    }
    countParts();
  },
  lost(now) {
    const note = hall.querySelector("[data-lost] span");
    if (note) note.hidden = !now;
  },
});

tray.start(Number(words.expires));
