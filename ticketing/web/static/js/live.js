// Server-sent events with numbered revisions. A gap, or a connection that came back, is mended by a snapshot.
import { stay } from "./stream.js";

export function watch(events, availability, { snapshot, change, lost = () => {} }) {
  let revision = null;

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

  stay(events, {
    lost,
    snapshot: take,
    change(part) {
      if (revision === null || part.revision > revision + 1) return catchUp();
      if (part.revision <= revision) return;
      revision = part.revision;
      change(part, catchUp);
    },
  });
}
