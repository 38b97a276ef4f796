// The checkout adds up by itself and shows the time that is left. The server adds up again, of course.
import { Countdown } from "./clock.js";
import { written } from "./money.js";

const form = document.getElementById("checkout");
const total = document.getElementById("total");
const note = document.getElementById("clock");

function addUp() {
  if (total.dataset.pattern === "{}") return;
  let sum = 0;
  for (const select of form.querySelectorAll("select")) sum += Number(select.selectedOptions[0]?.dataset.amount ?? 0);
  total.textContent = written(sum, total.dataset.pattern);
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
