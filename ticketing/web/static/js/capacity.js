// The figures as they change. Only what differs is sent and only what differs is touched.
import { written } from "./money.js";

const root = document.getElementById("capacity");
const patterns = Object.fromEntries([...root.querySelectorAll("[data-currency]")].map((node) => [node.dataset.currency, node.dataset.pattern]));
const live = document.getElementById("live");

const money = ({ amount, currency }) => written(amount, patterns[currency] ?? `{} ${currency}`);

function put(node, text) {
  if (node && node.textContent !== String(text)) node.textContent = text;
}

function show({ totals, screenings }) {
  for (const node of root.querySelectorAll("[data-total]")) {
    const name = node.dataset.total;
    put(node, name === "revenue" ? totals.revenue.map(money).join(", ") : totals[name]);
  }
  for (const { screening, capacity } of screenings) {
    const row = root.querySelector(`[data-screening="${CSS.escape(screening)}"]`);
    if (!row) continue;
    for (const name of ["sold", "admitted", "reserved", "held", "blocked", "free"]) put(row.querySelector(`[data-part=${name}]`), capacity[name]);
    put(row.querySelector("[data-part=revenue]"), capacity.revenue.map(money).join(", "));
    put(row.querySelector("[data-part=percent]"), `${Math.round((100 * capacity.sold) / capacity.total)} %`);
    const bar = row.querySelector(".level");
    bar.querySelector(".sold").setAttribute("width", capacity.sold);
    bar.querySelector(".admitted").setAttribute("width", capacity.admitted);
    bar.querySelector(".held").setAttribute("x", capacity.sold);
    bar.querySelector(".held").setAttribute("width", capacity.reserved + capacity.held);
  }
}

function connect() {
  const source = new EventSource(root.dataset.events);
  source.addEventListener("open", () => (live.hidden = false));
  source.addEventListener("snapshot", (event) => show(JSON.parse(event.data)));
  source.addEventListener("change", (event) => show(JSON.parse(event.data)));
  source.addEventListener("error", () => {
    live.hidden = true;
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 5000);
  });
  addEventListener("pagehide", () => source.close(), { once: true });
}

connect();
