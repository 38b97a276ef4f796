// The chosen screening as its seats change, by the events that the public's hall follows.
import { watch } from "../live.js";

const LOOKS = { held: "busy", reserved: "busy", sold: "busy", blocked: "kept" };

export function followSeats(place, plan) {
  const labels = plan ? plan.dataset.labels.split("|") : [];
  const seats = new Map([...(plan?.querySelectorAll(".s") ?? [])].map((seat, at) => [labels[at], seat]));
  const mine = new Set(labels.filter((label) => seats.get(label).matches(".h-chosen")));
  const count = document.querySelector("#shown [aria-current] [data-free]");
  let taken = {};
  let free = 0;

  const paint = (label, state) => {
    const look = state === "held" && mine.has(label) ? "chosen" : LOOKS[state] ?? "free";
    const { classList } = seats.get(label);
    if (classList.contains(`h-${look}`)) return;
    classList.remove("h-free", "h-busy", "h-kept", "h-chosen");
    classList.add(`h-${look}`);
  };
  const tellFree = () => count && (count.textContent = free);

  watch(place.dataset.events, place.dataset.availability, {
    snapshot(whole) {
      taken = whole.seats;
      free = whole.counts.free;
      for (const label of labels) paint(label, taken[label]);
      for (const [area, left] of Object.entries(whole.areas)) {
        const shown = place.querySelector(`[data-area-free="${CSS.escape(area)}"]`);
        if (shown) shown.textContent = left.free;
      }
      tellFree();
    },
    change({ seats: changed }, catchUp) {
      for (const [label, state] of Object.entries(changed)) {
        // A place without a number: how many are left is told by a snapshot.
        if (!seats.has(label)) return catchUp();
        free += (state === "free") - ((taken[label] ?? "free") === "free");
        taken[label] = state;
        paint(label, state);
      }
      tellFree();
    },
    lost(now) {
      place.querySelector("#lost").hidden = !now;
    },
  });
}
