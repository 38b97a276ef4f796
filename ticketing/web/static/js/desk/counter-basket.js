// What was chosen in the basket goes along wherever one turns: to another screening, or to other seats.

export function keepChoices(sale) {
  const chosen = () => [...sale.querySelectorAll("[data-usual]")].filter((one) => one.type !== "radio" || one.checked);
  // Only what is not as usual, so that addresses stay short; the rest is what the server takes it for.
  const carry = (fields) => {
    for (const { name, value, dataset } of chosen()) {
      if (value === dataset.usual) fields.delete(name);
      else fields.set(name, value);
    }
  };
  document.addEventListener("formdata", ({ target, formData }) => target !== sale && target.elements.hold && carry(formData));
  document.getElementById("shown").addEventListener("click", ({ target }) => {
    const link = target.closest("a");
    if (!link) return;
    const address = new URL(link.href);
    carry(address.searchParams);
    link.href = address;
  });
  sale.addEventListener("keydown", (event) => {
    if (event.key !== "Delete" || !event.target.matches("select[data-usual]")) return;
    event.preventDefault();
    event.target.closest("li").querySelector("button").click();
  });
}
