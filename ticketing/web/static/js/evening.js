// The house as it fills: asks whether anything is new, which costs nothing where nothing is, and then fetches the page.
const EVERY_MS = 4000;
let tag = document.getElementById("now").dataset.tag;

// On a telephone the plan is wider than the screen: it begins in its middle, and stays where somebody has moved it to.
const plan = () => document.querySelector(".evening-map .table");
if (plan()) plan().scrollLeft = (plan().scrollWidth - plan().clientWidth) / 2;

async function look() {
  const now = document.getElementById("now");
  // What somebody is about to press stays where it is.
  if (document.hidden || now.contains(document.activeElement)) return;
  const asked = await fetch(now.dataset.house, { headers: { "if-none-match": `"${tag}"` }, cache: "no-store" });
  if (asked.status !== 200) return;
  const found = await fetch(location.pathname.split("/").slice(0, 5).join("/"), { cache: "no-store" });
  if (!found.ok) return;
  const fresh = new DOMParser().parseFromString(await found.text(), "text/html").getElementById("now");
  if (!fresh) return;
  for (const { id, open } of now.querySelectorAll("details[id]")) {
    const same = fresh.querySelector(`#${id}`);
    if (same) same.open = open;
  }
  tag = fresh.dataset.tag;
  const moved_to = plan()?.scrollLeft;
  now.replaceWith(fresh);
  if (plan()) plan().scrollLeft = moved_to;
}

async function keepLooking() {
  try {
    await look();
  } catch {
    // No network: what is shown stays, and the next look comes by itself.
  }
  setTimeout(keepLooking, EVERY_MS);
}

setTimeout(keepLooking, EVERY_MS);
