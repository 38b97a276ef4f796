// Nothing that was drawn is lost: each change is kept in this browser at once, and at the house a few seconds later.
import { toDocument } from "./model.js";

const HERE_AFTER_MS = 400;
const HOUSE_AFTER_MS = 3000;
const AGAIN_AFTER_MS = 10000;

/** An answer of the house: its body, or the problem that it told, or that nobody answered. */
export async function ask(address, method = "GET", body = undefined) {
  const json = typeof body === "object" && !(body instanceof Blob);
  try {
    const answer = await fetch(address, {
      method,
      headers: { "accept-language": document.documentElement.lang, ...(json ? { "content-type": "application/json" } : {}) },
      body: json ? JSON.stringify(body) : body,
    });
    const text = await answer.text();
    const told = text ? JSON.parse(text) : null;
    return answer.ok ? { ok: true, told } : { ok: false, problem: told, status: answer.status };
  } catch {
    return { ok: false, problem: null, status: 0 };
  }
}

/**
 * `hall` is { hall, venue, name, layout }; `layout` is the one that the drawing began with, null for a hall that is to be.
 * `told` is called with "kept", "waiting" or "here" (the house does not answer), whenever that changes.
 */
export function makeKeeping(hall, told) {
  const place = `hall-draft:${hall.hall}`;
  const address = `/api/v1/halls/${hall.hall}`;
  let timers = [];
  let pending = null;

  const drawingOf = (drawing) => ({
    venue: hall.venue,
    name: hall.name,
    based_on: hall.layout,
    document: toDocument(drawing),
  });

  function keepHere() {
    if (!pending) return;
    try {
      localStorage.setItem(place, JSON.stringify({ ...drawingOf(pending), saved_at: new Date().toISOString() }));
    } catch {
      // A browser that keeps nothing, or no more: the house keeps it.
    }
  }

  async function keepThere() {
    if (!pending) return;
    const sent = pending;
    const answer = await ask(`${address}/draft`, "PUT", drawingOf(sent));
    if (pending !== sent) return;
    if (answer.ok) pending = null;
    else timers.push(setTimeout(keepThere, AGAIN_AFTER_MS));
    told(answer.ok ? "kept" : "here");
  }

  function stop() {
    timers.forEach(clearTimeout);
    timers = [];
  }

  // A page that is left in a hurry has kept its drawing here; the house is told what fits.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "hidden" || !pending) return;
    keepHere();
    keepThere();
  });

  return {
    note(drawing) {
      pending = drawing;
      stop();
      timers = [setTimeout(keepHere, HERE_AFTER_MS), setTimeout(keepThere, HOUSE_AFTER_MS)];
      told("waiting");
    },
    /** The draft of this browser, where it is newer than the house's; else the house's; null where there is none. */
    async draft() {
      const answer = hall.draft ? await ask(`${address}/draft`) : { ok: false };
      const there = answer.ok ? answer.told : null;
      let here = null;
      try {
        here = JSON.parse(localStorage.getItem(place));
      } catch {
        // Of an earlier release, or nobody's: it is no draft.
      }
      if (here && (!there || here.saved_at > there.saved_at)) return here;
      return there;
    },
    async save(drawing) {
      stop();
      const answer = await ask(address, "PUT", drawingOf(drawing));
      if (!answer.ok) return answer;
      hall.layout = answer.told.layout;
      if (pending === drawing) pending = null;
      localStorage.removeItem(place);
      told("kept");
      return answer;
    },
    async forget() {
      stop();
      pending = null;
      localStorage.removeItem(place);
      await ask(`${address}/draft`, "DELETE");
    },
  };
}
