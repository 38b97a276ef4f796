// The counter's sale by keys: finding a screening as one types, seats from the plan as they are now, sum and change.
import { keepChoices } from "./counter-basket.js";
import { followSeats } from "./counter-live.js";
import { watchPlan } from "./counter-plan.js";
import { reckon } from "./counter-sum.js";

const at = (id) => document.getElementById(id);
const KEYS = { F2: "q", F4: "count", F8: "given", F9: "sell" };

addEventListener("keydown", (event) => {
  const target = at(KEYS[event.key]);
  if (!target || event.altKey || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  target.focus();
  if (event.key === "F9") target.click();
  else target.select?.();
});

const search = at("q");
const listed = [...document.querySelectorAll("#shown [data-words]")];
const links = () => listed.filter((one) => !one.hidden).map((one) => one.querySelector("a"));
search.addEventListener("input", () => {
  const wanted = search.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  for (const one of listed) one.hidden = !wanted.every((part) => one.dataset.words.includes(part));
  at("none").hidden = links().length > 0;
});
// Enter takes the first that is left; arrows go through the list.
search.form.addEventListener("submit", (event) => {
  const [first] = links();
  if (!first) return;
  event.preventDefault();
  event.stopPropagation();
  first.click();
});
search.closest("section").addEventListener("keydown", (event) => {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  const found = links();
  const next = found.indexOf(document.activeElement) + step;
  event.preventDefault();
  (found[next] ?? search).focus();
});

const chosen = document.querySelector("#shown [aria-current]");
if (chosen) at("shown").scrollTop = chosen.offsetTop - at("shown").offsetTop;
if (at("sale")) keepChoices(at("sale"));
if (at("plan")) watchPlan(at("plan"), at("seats"));
if (at("sale")) reckon(at("sale"));
if (at("where")) followSeats(at("where").parentNode, at("plan"));
