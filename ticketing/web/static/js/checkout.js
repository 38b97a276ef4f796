// The checkout adds up by itself and shows the time that is left. The server adds up again, of course.
import { Countdown } from "./clock.js";

const form = document.getElementById("checkout");
const total = document.getElementById("total");
const note = document.getElementById("clock");

const grouped = (amount) => {
  const units = amount / 100;
  const decimals = amount % 100 ? 2 : 0;
  const format = new Intl.NumberFormat(document.documentElement.lang, { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
  return format.format(units).replaceAll("\u202f", "\u00a0");
};

function addUp() {
  if (total.dataset.pattern === "{}") return;
  let sum = 0;
  for (const select of form.querySelectorAll("select")) sum += Number(select.selectedOptions[0]?.dataset.amount ?? 0);
  total.textContent = total.dataset.pattern.replace("{}", grouped(sum));
}

form.addEventListener("change", addUp);
addUp();

const clock = new Countdown(
  (text, soon) => {
    note.querySelector(".clock").textContent = text;
    note.querySelector(".clock").classList.toggle("soon", soon);
  },
  { soon: () => note.setAttribute("role", "alert"), over: () => (note.textContent = note.dataset.over) },
);
clock.start(Number(note.dataset.expires));
