// A press on the plan puts a seat into the list that was written in last, or takes it out of it.
const plan = document.getElementById("plan");
const lists = [...document.querySelectorAll("[data-seats]")];
let list = lists.at(-1);

const named = (text) => text.split(/[\s,;]+/).filter(Boolean);

if (plan && list) {
  const labels = plan.dataset.labels.split("|");
  const seats = [...plan.querySelectorAll(".s")];
  const mark = () => {
    const chosen = new Set(named(list.value));
    seats.forEach((seat, at) => seat.classList.toggle("chosen", chosen.has(labels[at])));
  };
  for (const one of lists) {
    one.addEventListener("focus", () => {
      list = one;
      mark();
    });
    one.addEventListener("input", mark);
  }
  plan.addEventListener("click", ({ target }) => {
    const at = seats.indexOf(target);
    if (at < 0 || target.classList.contains("h-busy")) return;
    const before = named(list.value);
    const after = before.includes(labels[at]) ? before.filter((seat) => seat !== labels[at]) : [...before, labels[at]];
    list.value = after.join(", ");
    mark();
  });
  document.getElementById("plan-help").hidden = false;
  mark();
}
