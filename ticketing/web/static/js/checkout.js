// The checkout adds up by itself, shows the time that is left, and changes the cart without leaving the page. What
// counts is what the server says: without this file every button does the same by a new page.
import { Countdown } from "./clock.js";
import { written } from "./money.js";
import { spelledRight } from "./spelling.js";

const main = document.getElementById("content");
const by = (id) => document.getElementById(id);

const clock = new Countdown(
  (text, soon) => {
    const shown = document.querySelector("#clock .clock");
    if (!shown) return;
    shown.textContent = text;
    shown.classList.toggle("soon", soon);
    by("clock").classList.toggle("warn", soon);
  },
  {
    soon: () => by("soon") && (by("soon").textContent = by("soon").dataset.words),
    over: () => send(null, "check"),
  },
);

function addUp() {
  const total = by("total");
  if (!total) return;
  let sum = 0;
  let full = 0;
  for (const select of document.querySelectorAll(".place select")) {
    const { amount, full: before, proof } = select.selectedOptions[0]?.dataset ?? {};
    sum += Number(amount ?? 0);
    full += Number(before ?? 0);
    const told = by(`${select.id}:proof`);
    told.hidden = !proof;
    told.querySelector("span").textContent = proof ?? "";
  }
  const text = written(sum, total.dataset.pattern);
  total.textContent = text;
  by("full").textContent = written(full, total.dataset.pattern);
  by("off").textContent = by("off").dataset.sign + written(full - sum, total.dataset.pattern);
  by("sum_shown").value = sum;
  const way = document.querySelector("[name=payment]:checked, [name=payment][type=hidden]");
  if (sum === 0) by("pay").textContent = by("pay").dataset.free;
  else if (way) by("pay").textContent = way.dataset.does.replace("{}", text);
}

function lookAtAddress() {
  const field = by("email");
  const ask = by("email-ask");
  const meant = spelledRight(field.value, field.dataset.domains.split(" "));
  ask.hidden = !meant;
  if (!meant) return;
  const words = ask.querySelector("span");
  words.textContent = words.dataset.words.replace("{}", meant);
  ask.dataset.meant = meant;
  by("email_asked").value = field.value.trim();
}

// Send the form by another of its buttons and put the answer in the place of the page's content.
async function send(button, action) {
  const form = by("checkout");
  const fields = new URLSearchParams(new FormData(form));
  fields.set("action", action);
  document.body.classList.add("busy");
  try {
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: fields });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const content = page.getElementById("content");
    if (!content) throw new Error("no page");
    main.replaceChildren(...content.childNodes);
    begin();
    focusAfter(button);
  } catch {
    // The network is away, or the answer was none of ours: let the browser try, and tell.
    const kept = Object.assign(document.createElement("input"), { type: "hidden", name: "action", value: action });
    form.append(kept);
    form.submit();
  } finally {
    document.body.classList.remove("busy");
  }
}

function focusAfter(button) {
  const problem = by("problem");
  if (problem) {
    problem.focus();
    return;
  }
  const same = button && document.querySelector(`button[name=action][value="${CSS.escape(button.value)}"]`);
  const field = button?.value === "sum" ? by("voucher") : button?.value === "email" ? by("email") : null;
  (field ?? same ?? main).focus({ preventScroll: Boolean(field ?? same) });
}

function begin() {
  const note = by("clock");
  clock.start(note ? Number(note.dataset.expires) : 0);
  addUp();
  // An answer that asks about the address lets itself be corrected here, as if it had been asked here.
  if (by("email-ask")?.hidden === false) lookAtAddress();
}

main.addEventListener("change", (event) => {
  if (event.target.id === "email") lookAtAddress();
  else addUp();
});

main.addEventListener("submit", (event) => {
  const action = event.submitter?.value;
  if (event.submitter?.name !== "action") return;
  event.preventDefault();
  if (action === "email" && by("email-ask").dataset.meant) {
    by("email").value = by("email-ask").dataset.meant;
    by("email-ask").hidden = true;
    by("email").focus();
  } else if (!document.body.classList.contains("busy")) send(event.submitter, action);
});

// Enter in the field of the voucher applies it, rather than pays.
main.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.id !== "voucher") return;
  event.preventDefault();
  send(main.querySelector(".voucher button"), "sum");
});

begin();
