// The bar at the foot of the hall: what is kept and for how long, what was refused, and what could be had instead.
import { Countdown } from "./clock.js";

const WARNED_S = 120; // WCAG 2.2.1 asks for twenty seconds at least
const WARNED_S_MIN = 20;

export function makeTray({ send, over }) {
  const tray = document.getElementById("tray");
  const said = document.getElementById("said");
  const hint = document.getElementById("hint");
  const soon = document.getElementById("soon");
  const words = document.getElementById("hall").dataset;
  const parts = (name) => document.querySelectorAll(`[data-tray=${name}]`);

  function write(name, text) {
    for (const part of parts(name)) part.textContent = text;
  }

  const clock = new Countdown(
    (text, late) => {
      write("clock", text);
      for (const part of parts("clock")) part.classList.toggle("soon", late);
    },
    {
      // A dialog takes the focus and gives it back; it is read out with what can be done.
      soon: () => soon.open || soon.showModal(),
      over() {
        soon.close();
        tray.hidden = hint.hidden = true;
        say(words.over, words.again);
        over();
      },
    },
  );

  function start(milliseconds) {
    clock.start(milliseconds, Math.min(WARNED_S, Math.max(WARNED_S_MIN, milliseconds / 2000)));
  }

  function fill(note, title, detail, offers = []) {
    note.hidden = !title;
    note.querySelector("b").textContent = title ?? "";
    note.querySelector("b + span").textContent = detail ?? "";
    note.querySelector(".offers").replaceChildren(...offers.map(made));
  }

  function say(title, detail, offers) {
    fill(said, title, detail, offers);
  }

  /** Seats to be had by one tap. */
  function made({ title, words: places, price, seats }) {
    const form = document.getElementById("offer-form").content.firstElementChild.cloneNode(true);
    form.querySelector("b").textContent = title;
    form.querySelector("b + span").textContent = `${places} · ${price}`;
    for (const seat of seats) {
      const field = document.createElement("input");
      Object.assign(field, { type: "hidden", name: "seat", value: seat });
      form.append(field);
    }
    return form;
  }

  function show(choice) {
    tray.hidden = !choice.seats.length;
    for (const name of ["title", "words", "total", "more"]) write(name, choice[name]);
    for (const part of parts("extend")) part.hidden = !choice.extendable;
    fill(hint, choice.hint?.title, choice.hint?.detail, choice.hint ? [choice.hint.offer] : []);
    if (!choice.seats.length) soon.close();
    start(choice.expires_in_ms);
  }

  // Every form here: offers, more time, giving back.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches(".offer, #tray form, #soon form")) return;
    event.preventDefault();
    if (soon.contains(form)) soon.close();
    const path = new URL(form.action).pathname.slice(words.address.length);
    document.getElementById("problem")?.remove();
    send(path, [...new FormData(form)]).then(() => form.matches(".offer") && document.dispatchEvent(new Event("offer-taken")));
  }, true);
  soon.querySelector("[data-close]").addEventListener("click", () => soon.close());
  said.querySelector(".close").addEventListener("click", () => say());

  return { say, show, start };
}
