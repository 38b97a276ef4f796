// The pages of tickets: kept for when the network is gone, and a screen that stays on at the door.
const { keptAt } = document.documentElement.dataset;

if (keptAt) {
  const note = document.querySelector("[data-offline]");
  const time = note.querySelector("time");
  const at = new Date(keptAt);
  time.dateTime = keptAt;
  time.textContent = at.toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
  note.hidden = false;
  addEventListener("online", lookAgain);
  setInterval(lookAgain, 5000);
} else if ("serviceWorker" in navigator) {
  const [, language, room] = location.pathname.split("/");
  const loaded = new Promise((done) => (document.readyState === "complete" ? done() : addEventListener("load", done)));
  navigator.serviceWorker
    .register("/tickets-worker.js", { scope: `/${language}/${room}/` })
    .then(() => Promise.all([navigator.serviceWorker.ready, loaded]))
    .then(([registration]) => {
      const parts = performance.getEntriesByType("resource").map((entry) => entry.name);
      registration.active.postMessage({ parts });
      document.body.dataset.kept = "soon";
    })
    .catch(() => {}); // private windows refuse to keep anything: then the network is needed, as before
}

// Asks quietly, and changes the page only when an answer is there: the code is not to flicker under a scanner.
async function lookAgain() {
  const answer = await fetch(location.href, { cache: "no-store" }).catch(() => undefined);
  if (answer && answer.status < 500) location.reload();
}

async function stayOn() {
  if (document.visibilityState !== "visible") return;
  // Refused when the battery is low: then the screen goes dark as always.
  await navigator.wakeLock.request("screen").catch(() => {});
}
if ("wakeLock" in navigator && document.querySelector(".scan")) {
  document.addEventListener("visibilitychange", stayOn);
  stayOn();
}
