// Server-sent events with numbered revisions. A gap, or a connection that came back, is mended by a snapshot.
export function watch(events, availability, { snapshot, change }) {
  let revision = null;
  let source;
  let waits = 1000;

  // However many ask within a moment, one snapshot answers them all.
  let asked = null;
  function catchUp() {
    asked ??= setTimeout(() => {
      asked = null;
      ask();
    }, 150);
  }

  async function ask() {
    try {
      const answer = await fetch(availability, { headers: { accept: "application/json" } });
      if (!answer.ok) return;
      const whole = await answer.json();
      if (revision === null || whole.revision >= revision) take(whole);
    } catch {
      // The next event, or the next connection, brings us up to date.
    }
  }

  function take(whole) {
    revision = whole.revision;
    snapshot(whole);
  }

  function connect() {
    source = new EventSource(events);
    source.addEventListener("open", () => (waits = 1000));
    source.addEventListener("snapshot", (event) => take(JSON.parse(event.data)));
    source.addEventListener("change", (event) => {
      const part = JSON.parse(event.data);
      if (revision === null || part.revision > revision + 1) return catchUp();
      if (part.revision <= revision) return;
      revision = part.revision;
      change(part, catchUp);
    });
    source.addEventListener("error", () => {
      if (source.readyState !== EventSource.CLOSED) return;
      // Refused for now: try again by ourselves, ever more seldom, not all at the same moment.
      setTimeout(connect, waits * (0.75 + Math.random() / 2));
      waits = Math.min(waits * 2, 30000);
    });
  }

  connect();
  // A page that comes back from the browser's memory has lost its connection.
  addEventListener("pageshow", (event) => event.persisted && catchUp());
  addEventListener("pagehide", () => source.close());
  addEventListener("pageshow", (event) => event.persisted && connect());
}
