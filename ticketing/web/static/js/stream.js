// A connection for server-sent events that comes back by itself, whatever ended it. Each begins with a snapshot.
const SILENT_MS = 5000; // so long a lost connection is nobody's business
const ASLEEP_MS = 10000; // after so long in the dark a connection is not believed any more

export function stay(events, { snapshot, change, lost = () => {} }) {
  let source;
  let waits = 1000;
  let silence = null;
  let again = null;

  function back() {
    waits = 1000;
    clearTimeout(silence);
    silence = null;
    lost(false);
  }

  function connect() {
    clearTimeout(again);
    source?.close();
    const mine = new EventSource(events);
    source = mine;
    mine.addEventListener("open", back);
    mine.addEventListener("snapshot", (event) => snapshot(JSON.parse(event.data)));
    mine.addEventListener("change", (event) => change(JSON.parse(event.data)));
    mine.addEventListener("error", () => {
      if (mine !== source) return;
      silence ??= setTimeout(() => lost(true), SILENT_MS);
      // The browser tries again by itself after a break, but not after a refusal, nor at ever longer distances.
      mine.close();
      again = setTimeout(connect, waits * (0.75 + Math.random() / 2));
      waits = Math.min(waits * 2, 30000);
    });
  }

  function anew() {
    waits = 1000;
    connect();
  }

  connect();
  // A phone that slept, a page from the browser's memory, a network that is back: what was connected may be dead.
  let dark = 0;
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) dark = performance.now();
    else if (performance.now() - dark > ASLEEP_MS) anew();
  });
  addEventListener("online", anew);
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && anew());
}
