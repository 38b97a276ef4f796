// Hands in what was decided here, in the order of the evening, each scan once: it goes only when the house has it.
const BATCH_MAX = 100;
const AGE_MS_MAX = 7 * 86400000 - 60000;

/** `settled` is called with each scan and the house's answer to it; `changed` whenever the number waiting changes. */
export async function openSender(store, link, { settled, changed }) {
  const waits = await store.waiting();
  // What was asked by a page that is gone is asked again.
  for (const scan of waits) scan.asked = false;
  let busy = null;

  async function add(scan) {
    scan.place = await store.add(scan);
    waits.push(scan);
  }

  /** When a scan of now happened: after those that wait, whatever the clock was told in between. */
  function moment(now) {
    const last = waits.at(-1);
    return last ? Math.max(now, Date.parse(last.scanned_at) + 1) : now;
  }

  async function forget(scans) {
    await store.remove(scans.map((scan) => scan.place));
    for (const scan of scans) waits.splice(waits.indexOf(scan), 1);
    changed();
  }

  /** A moment that the house can believe, however wrong the clock was when nobody could set it right. */
  function believable(moment) {
    const now = link.now();
    return new Date(Math.min(Math.max(Date.parse(moment), now - AGE_MS_MAX), now)).toISOString();
  }

  function told({ scan, code, gate, screening, direction, scanned_at, shown }) {
    // Without a verdict nobody was let in: the device went dark before it showed one.
    return { scan, code, gate, screening, direction, scanned_at: believable(scanned_at), shown: shown ?? "unknown" };
  }

  async function handIn(batch) {
    let answer;
    try {
      answer = await link.ask("/api/v1/door/scans/batch", { body: { scans: batch.map(told) } });
    } catch (error) {
      if (error.status !== 422 && error.status !== 413) throw error;
      // One of them can't be read there, or they are too much together; the others must not wait for it.
      if (batch.length > 1) {
        const half = batch.length >> 1;
        await handIn(batch.slice(0, half));
        return handIn(batch.slice(half));
      }
      batch[0].unreadable = true;
      await store.change(batch[0]);
      return changed();
    }
    answer.content.forEach((one, place) => settled(batch[place], one));
    await forget(batch);
  }

  async function run() {
    for (;;) {
      // Those whose verdict is still awaited are not decided here.
      const batch = waits.filter((scan) => !scan.unreadable && !scan.asked).slice(0, BATCH_MAX);
      if (batch.length === 0) return;
      await handIn(batch);
    }
  }

  return {
    waits,
    add,
    moment,
    forget,
    change: (scan) => store.change(scan),
    waiting: () => waits.filter((scan) => !scan.unreadable && !scan.asked).length,
    unreadable: () => waits.filter((scan) => scan.unreadable).length,
    /** Sends what waits; while it is on its way, whoever asks waits for the same. */
    send: () => (busy ??= run().finally(() => (busy = null))),
  };
}
