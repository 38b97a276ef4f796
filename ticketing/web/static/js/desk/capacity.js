// The figures as they change. Only what differs is sent and only what differs is touched; sums of what is shown are
// added up here, since a filter is the reader's own.
import { grouped, written } from "../money.js";
import { stay } from "../stream.js";
import { signInAgain } from "./sign-in.js";

const COUNTED = ["sold", "admitted", "reserved", "held", "blocked", "free", "total", "badges", "badge_places"];
const root = document.getElementById("capacity");
const patterns = Object.fromEntries([...root.querySelectorAll("[data-currency]")].map((node) => [node.dataset.currency, node.dataset.pattern]));
const words = { full: root.dataset.full, nobody_entering: root.dataset.nobodyEntering };
const rows = new Map([...root.querySelectorAll("[data-screening]")].map((row) => [row.dataset.screening, row]));
const known = new Map();
const outdated = document.getElementById("outdated");

// People with a badge beside the places that there are for them.
const figure = (capacity, name) => (name === "by_badge" ? `${grouped(capacity.badges)} / ${grouped(capacity.badge_places)}` : grouped(capacity[name]));
const money = ({ amount, currency }) => written(amount, patterns[currency] ?? `{} ${currency}`);

function put(node, text) {
  if (node && node.textContent !== String(text)) node.textContent = text;
}

function bar(svg, { total, sold, admitted, reserved, held }) {
  svg.setAttribute("viewBox", `0 0 ${total} 10`);
  svg.querySelector(".sold").setAttribute("width", sold);
  svg.querySelector(".admitted").setAttribute("width", admitted);
  svg.querySelector(".held").setAttribute("x", sold);
  svg.querySelector(".held").setAttribute("width", reserved + held);
}

function showLine({ screening, capacity, fill_percent, alerts }) {
  const row = rows.get(screening);
  if (!row) return;
  known.set(screening, capacity);
  for (const name of [...COUNTED, "by_badge"]) put(row.querySelector(`[data-part=${name}]`), figure(capacity, name));
  put(row.querySelector("[data-part=revenue]"), capacity.revenue.map(money).join(", "));
  put(row.querySelector("[data-part=percent]"), `${fill_percent} %`);
  bar(row.querySelector(".level"), capacity);
  for (const badge of row.querySelectorAll("[data-alert]")) badge.hidden = !alerts.includes(badge.dataset.alert);
}

// Sums of the lines that are in the page, by group and in all.
function showSums() {
  const sums = new Map();
  for (const [screening, capacity] of known) {
    for (const key of ["", rows.get(screening).dataset.group]) {
      if (!sums.has(key)) sums.set(key, { ...Object.fromEntries(COUNTED.map((name) => [name, 0])), revenue: new Map() });
      const sum = sums.get(key);
      for (const name of COUNTED) sum[name] += capacity[name];
      for (const { amount, currency } of capacity.revenue) sum.revenue.set(currency, (sum.revenue.get(currency) ?? 0) + amount);
    }
  }
  for (const node of root.querySelectorAll("[data-sum]")) {
    const sum = sums.get(node.dataset.of ?? "");
    if (!sum) continue;
    const name = node.dataset.sum;
    put(node, name === "revenue" ? [...sum.revenue].sort().map(([currency, amount]) => money({ amount, currency })).join(", ") : figure(sum, name));
  }
}

// What asks for attention, said once more at the top of the page.
function showAlerts() {
  const list = document.getElementById("alerts");
  const items = [];
  for (const row of rows.values()) {
    for (const badge of row.querySelectorAll("[data-alert]:not([hidden])")) {
      const item = document.createElement("li");
      const link = document.createElement("a");
      link.href = `#${row.id}`;
      link.textContent = row.dataset.name;
      item.append(Object.assign(document.createElement("span"), { className: `alert ${badge.dataset.alert}`, textContent: words[badge.dataset.alert] }), " ", link);
      items.push(item);
    }
  }
  if (items.map((item) => item.textContent).join("\n") !== [...list.children].map((item) => item.textContent.replace(/\s+/g, " ").trim()).join("\n")) list.replaceChildren(...items);
  list.hidden = items.length === 0;
}

// Rows are as the page was made. One that starts at another time by now, is cancelled, or has come, asks for another
// page; in a filtered one nobody knows whether it would be shown.
function differs({ screening, starts_at, status }) {
  const row = rows.get(screening);
  if (!row) return "whole" in root.dataset;
  return Date.parse(row.querySelector("time").dateTime) !== Date.parse(starts_at) || "cancelled" in row.dataset !== (status === "cancelled");
}

function showWhole(capacity) {
  const there = new Set(capacity.screenings.map(({ screening }) => screening));
  if ([...rows.keys()].some((screening) => !there.has(screening))) outdated.hidden = false;
  show(capacity);
}

function show({ screenings }) {
  if (screenings.some(differs)) outdated.hidden = false;
  screenings.forEach(showLine);
  showSums();
  showAlerts();
}

const live = document.getElementById("live");
live.hidden = false;
stay(root.dataset.events, {
  snapshot: showWhole,
  change: show,
  lost(gone) {
    live.textContent = gone ? root.dataset.lost : root.dataset.live;
    live.classList.toggle("open", !gone);
    if (gone) signInAgain();
  },
});
