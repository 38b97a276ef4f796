// A press on the plan ticks the seat's box in the list, and the other way round: the boxes are what is sent.
const plan = document.getElementById("plan");

if (plan) {
  const labels = plan.dataset.labels.split("|");
  const seats = [...plan.querySelectorAll(".s")];
  const boxes = new Map([...document.querySelectorAll("[name=seat]")].map((box) => [box.value, box]));
  const mark = () => seats.forEach((seat, at) => seat.classList.toggle("chosen", !!boxes.get(labels[at])?.checked));
  plan.addEventListener("click", ({ target }) => {
    const box = boxes.get(labels[seats.indexOf(target)]);
    if (!box) return;
    box.checked = !box.checked;
    mark();
  });
  document.addEventListener("change", mark);
  mark();
}
