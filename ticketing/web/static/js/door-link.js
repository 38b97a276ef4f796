// The way to the house: whether it is there, what it says, and what time it is there.
const ASKED_MS_MAX = 10000;

/** Nobody answered in time, or not the house itself: the gate decides alone. */
export class Silence extends Error {}

/** The house said no: `code` is one of its errors. */
export class Refused extends Error {
  constructor(status, code) {
    super(code);
    this.status = status;
    this.code = code;
  }
}

/**
 * `language` is that of the names in answers; `changed` is called when the house comes or goes. `ahead` is what was
 * known of the device's clock, in ms.
 */
export function makeLink(language, ahead, changed) {
  // Within a visit time goes by a clock that nobody can set.
  let base = { at: Date.now() - ahead, since: performance.now() };
  const link = {
    up: navigator.onLine,
    /** The house's time as well as it is known, in ms. */
    now: () => base.at + (performance.now() - base.since),
    /** How far the device's clock is ahead of the house's, in ms. */
    ahead: () => Date.now() - link.now(),
    knows_time: false,
    ask,
    is,
  };

  function is(up) {
    if (link.up === up) return;
    link.up = up;
    changed();
  }

  function learnTime(header, began) {
    const told = Date.parse(header ?? "");
    if (Number.isNaN(told)) return;
    // The header has whole seconds: what it says is half a second too little on average.
    const took = performance.now() - began;
    const at = told + 500 + took / 2;
    // Only what is more than the header can tell is learnt, so that the clock does not tremble.
    if (!link.knows_time || Math.abs(at - link.now()) > 1500) base = { at, since: performance.now() };
    link.knows_time = true;
  }

  /** Asks the house: its answer as it came. Rejects with Silence after `patience` ms, and with Refused. */
  async function ask(path, { body, headers = {}, patience = ASKED_MS_MAX } = {}) {
    const began = performance.now();
    const options = { headers: { accept: "application/json", "accept-language": language, ...headers }, cache: "no-store" };
    if (body !== undefined) {
      options.method = "POST";
      options.body = JSON.stringify(body);
      options.headers["content-type"] = "application/json";
    }
    let answer;
    try {
      answer = await fetch(path, { ...options, signal: AbortSignal.timeout(patience) });
      // A page of a network that wants a password first is no answer of the house; "not so many at once" is none either.
      const kind = answer.headers.get("content-type") ?? "";
      const busy = answer.status >= 500 || answer.status === 429;
      if (busy || answer.redirected || !(answer.status === 304 || kind.includes("json"))) throw new Silence();
      answer.content = answer.status === 304 ? null : await answer.json();
    } catch (error) {
      is(false);
      throw error instanceof Silence ? error : new Silence(String(error));
    }
    learnTime(answer.headers.get("date"), began);
    is(true);
    if (answer.status >= 400) throw new Refused(answer.status, answer.content.code);
    return answer;
  }

  addEventListener("offline", () => is(false));
  return link;
}
