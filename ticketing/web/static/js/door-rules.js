// The rules of the door for a gate that is alone, pure: the same verdicts as the house's, in the same order.
// The house's own are the function record_scan in sql/migrations/0004_door_functions.sql; a test compares the two.

/** Where somebody is, after the scans that this gate made and the house has not heard of. */
export function standing(ticket, waits) {
  const now = { entries: ticket.entries ?? 0, inside: ticket.inside ?? false, at: ticket.at ?? null, gate: ticket.gate ?? null };
  for (const scan of waits) {
    if (scan.shown === "admitted") {
      now.entries += 1;
      now.inside = true;
      now.at ??= scan.scanned_at;
      now.gate ??= scan.gate;
    } else if (scan.shown === "left") {
      now.inside = false;
    }
  }
  return now;
}

/**
 * The verdict on a code, with a `reason` where it explains one.
 *
 * `read`: what the code says (ticket, revision, digest), `by_hand` where its number was typed; null: not a code.
 * `signature`: good, wrong, unknown_key or unchecked. `ticket`: as the list has it, else null. `id`, `screening`: the
 * one that the ticket, or else the code, is for, if the list has it. `listed`: is there a list at all? `lets_in_to`:
 * the gate's one screening, or null. `at`: the moment, in ms. `alone`: the list may be older than the code.
 */
export function decide({ read, signature, ticket, id, screening, listed, lets_in_to, direction, at, alone, waits }) {
  if (read === null || (!read.by_hand && signature === "wrong")) return { verdict: "forged" };
  if (!listed) return { verdict: "unknown", reason: "no_list" };
  if (!read.by_hand && signature === "unknown_key") return { verdict: "forged", reason: "unknown_key" };
  if (ticket === null) {
    // Sold since the list was taken: a good signature says so, and nothing else can.
    if (read.by_hand) return { verdict: "unknown", reason: "not_listed" };
    if (signature !== "good") return { verdict: "unknown", reason: "unchecked" };
    if (screening === null) return { verdict: "wrong_screening" };
  }
  const { entries, inside } = standing(ticket ?? {}, waits);
  // A code is shown to nobody before the order is paid, so here the list is the older of the two.
  const paid_since = alone && signature === "good" && ticket?.status === "reserved";
  const status = ticket === null || paid_since ? "sold" : ticket.status;
  if (status === "void") return ticket.released ? { verdict: "void", reason: "no_show" } : { verdict: "void" };
  if (!screening.published) return { verdict: "void", reason: "screening_cancelled" };
  if (read.revision < (ticket?.revision ?? 0)) return { verdict: "superseded" };
  if (status === "reserved") return { verdict: "unpaid" };
  if (lets_in_to && lets_in_to !== id) return { verdict: "wrong_screening" };
  if (direction === "out") return inside ? { verdict: "left" } : { verdict: "unknown", reason: "not_inside" };
  if (at < Date.parse(screening.doors_at)) return { verdict: "too_early" };
  if (at >= Date.parse(screening.ends_at)) return { verdict: "ended" };
  if (inside || (entries > 0 && !screening.reentry)) return { verdict: "already_admitted" };
  return { verdict: "admitted" };
}
