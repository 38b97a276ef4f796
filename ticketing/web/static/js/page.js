// Small things on every page. Without this file everything works; a click more is needed here and there.
import { Countdown } from "./clock.js";

document.body.classList.add("script");

for (const form of document.querySelectorAll("[data-sends-itself]")) {
  form.addEventListener("change", () => form.requestSubmit());
}

// A second click on a button that has sent its form does nothing: the first answer is on its way.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.dataset.asks) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "yes";
  addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
});

// How long the seats in the basket are still kept.
for (const clock of document.querySelectorAll(".basket [data-left]")) {
  new Countdown((text) => (clock.textContent = text), {
    soon: () => {},
    over: () => clock.closest(".basket").remove(),
  }).start(Number(clock.dataset.left));
}

// The page opens on what matters most: a problem that was told.
const problem = document.getElementById("problem");
problem?.scrollIntoView({ block: "center" });
problem?.focus({ preventScroll: true });
