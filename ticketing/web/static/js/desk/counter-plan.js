// A press on a seat of the plan puts its name into the field, or takes it out.
const named = (text) => text.toUpperCase().split(/[\s,;]+/).filter(Boolean);

export function watchPlan(plan, field) {
  const labels = plan.dataset.labels.split("|");
  const seats = [...plan.querySelectorAll(".s")];
  const mark = () => {
    const wished = new Set(named(field.value));
    seats.forEach((seat, at) => seat.classList.toggle("wished", wished.has(labels[at].toUpperCase())));
  };
  field.addEventListener("input", mark);
  plan.addEventListener("click", ({ target }) => {
    const at = seats.indexOf(target);
    if (at < 0 || !target.matches(".h-free, .h-chosen")) return;
    const before = field.value.split(/[\s,;]+/).filter(Boolean);
    const rest = before.filter((seat) => seat !== labels[at]);
    field.value = (rest.length < before.length ? rest : [...before, labels[at]]).join(" ");
    mark();
  });
  mark();
}
