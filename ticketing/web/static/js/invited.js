// Only what the answer needs is asked: nobody who stays away counts companions, and no names are asked of nobody.
const coming = document.querySelector(".coming");
const count = document.getElementById("companions");

const show = () => {
  coming.hidden = document.querySelector("[name=attending]:checked")?.value === "no";
  for (const field of document.querySelectorAll("[data-companion]")) {
    field.hidden = Number(field.dataset.companion) > Number(count.value);
  }
};

if (coming) {
  document.addEventListener("change", show);
  show();
}
