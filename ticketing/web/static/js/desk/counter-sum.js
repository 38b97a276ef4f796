// The sum by the chosen tariffs, and the change due, as the server reckons them.
import { written } from "../money.js";

// Minor units of what was typed; null where it is no sum.
export function minorUnits(typed) {
  const found = /^(\d{1,10})(?:[.,](\d{1,2}))?$/.exec(typed.replace(/\s/g, ""));
  return found && Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0"));
}

const unitsText = (amount) => (amount % 100 ? (amount / 100).toFixed(2) : String(amount / 100));

export function reckon(form) {
  const due = form.querySelector("#due");
  const back = form.querySelector("#back");
  const given = form.querySelector("#given");
  const tariffs = [...form.querySelectorAll("select[data-usual]")];
  const show = () => {
    const sum = tariffs.reduce((total, one) => total + Number(one.selectedOptions[0]?.dataset.amount ?? 0), 0);
    due.textContent = written(sum, due.dataset.pattern);
    form.elements.amount.value = unitsText(sum);
    const paid = minorUnits(given.value);
    back.hidden = paid === null || paid < sum || form.elements.method.value !== "cash";
    if (!back.hidden) back.querySelector("strong").textContent = written(paid - sum, due.dataset.pattern);
  };
  form.addEventListener("input", show);
  form.querySelector("#same")?.addEventListener("click", () => {
    for (const one of tariffs) {
      if ([...one.options].some((option) => option.value === tariffs[0].value)) one.value = tariffs[0].value;
    }
    show();
  });
  show();
}
