// The rules of the door for badges, pure: the same verdicts as the house's, in the same order. The house's own are the
// function record_badge_scan in sql/migrations/*_badges_at_the_door.sql; a test compares the two.
import { isBadge } from "./door-code.js";

/** Where a badge stands at a screening, after the scans that this gate made and the house has not heard of. */
export function standingAt(badge, id, waits) {
  const entry = badge?.entered?.find((one) => one.screening === id) ?? {};
  const now = { entries: entry.entries ?? 0, inside: entry.inside ?? false, at: entry.at ?? null, gate: entry.gate ?? null };
  for (const scan of waits) {
    if (scan.screening !== id) continue;
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

/** How many screenings of a day it has entered, of those that are counted. */
export function usedOn(badge, day, screenings, waits) {
  const entered = (badge.entered ?? []).filter((one) => one.day === day && one.counts && one.entries > 0);
  const used = new Set(entered.map((one) => one.screening));
  for (const { shown, screening } of waits) {
    const about = screenings[screening];
    if (shown === "admitted" && about?.day === day && about.kind === "film") used.add(screening);
  }
  return used.size;
}

/** May it enter this screening, its quota of the day aside? */
export function entitled(badge, id, screening) {
  const { day, kind, city, venue_id } = screening;
  if (badge.festival !== screening.festival || day < badge.first_day || day > badge.last_day) return false;
  if (badge.screenings?.includes(id)) return true;
  const cities = badge.cities ?? [];
  const venues = badge.venues ?? [];
  const anywhere = cities.length + venues.length === 0;
  const of_its_kind = kind === "meeting" ? badge.all_meetings : badge.all_screenings;
  return Boolean(of_its_kind) && (anywhere || cities.includes(city) || venues.includes(venue_id));
}

/**
 * The screening that a gate lets a badge in to: its own, else the one of the badge's festival whose doors are open, if
 * it is the only one; on the way out the one that its holder is inside of. Else null, with how many are open. Of a badge
 * that is not on the list `read`, its code, says the festival.
 */
export function screeningFor(badge, read, screenings, lets_in_to, direction, at, waits) {
  if (lets_in_to) return { id: screenings[lets_in_to] ? lets_in_to : null, open: null };
  const ids = Object.keys(screenings);
  if (direction === "out") return { id: ids.find((one) => standingAt(badge, one, waits).inside) ?? null, open: null };
  const open = ids.filter((one) => {
    const { festival, festival_digest, published, doors_at, ends_at } = screenings[one];
    const its_own = badge === null ? festival_digest === read.digest : festival === badge.festival;
    return its_own && published && at >= Date.parse(doors_at) && at < Date.parse(ends_at);
  });
  return { id: open.length === 1 ? open[0] : null, open: open.length };
}

/**
 * The badges of a screening, as in the house's counts: let in, the places for them, and those that are left. `sold` places
 * have a ticket; `badges` are those on the list by number, `waits` what this gate did by itself.
 */
export function badgeCounts(id, screening, sold, badges, waits) {
  const moved = new Map();
  for (const scan of waits) if (isBadge(scan.ticket ?? "")) moved.set(scan.ticket, [...(moved.get(scan.ticket) ?? []), scan]);
  const counts = { badges: 0, badge_places: Math.max(0, Math.min(screening.accredited_places, screening.place_count - sold)) };
  let taken = 0;
  for (const number of new Set([...badges.keys(), ...moved.keys()])) {
    const { entries, inside } = standingAt(badges.get(number), id, moved.get(number) ?? []);
    counts.badges += Number(entries > 0);
    taken += Number(entries > 0 && (inside || !screening.reentry));
  }
  return { ...counts, badge_places_left: Math.max(0, counts.badge_places - taken) };
}

/**
 * The verdict on the code of a badge, and a `reason`. `read`, `signature`, `listed`, `direction`, `at` and `waits` are
 * as in door-rules.js; `badge`: as the list has it, else null; `id` and `open`: as screeningFor answers; `left`: how
 * many more badges there are places for.
 */
export function decideBadge({ read, signature, badge, id, open, screenings, left, listed, direction, at, waits }) {
  if (!read.by_hand && signature === "wrong") return { verdict: "forged" };
  if (!listed) return { verdict: "unknown", reason: "no_list" };
  if (!read.by_hand && signature === "unknown_key") return { verdict: "forged", reason: "unknown_key" };
  if (badge === null) {
    // Accredited since the list was taken: a good signature says so, and nothing else can.
    if (read.by_hand) return { verdict: "unknown", reason: "not_listed" };
    if (signature !== "good") return { verdict: "unknown", reason: "unchecked" };
  }
  if (badge?.status === "revoked") return { verdict: "void", reason: "revoked" };
  if (read.revision < (badge?.revision ?? 0)) return { verdict: "superseded" };
  const screening = screenings[id] ?? null;
  const { entries, inside } = standingAt(badge, id, waits);
  if (direction === "out") return inside ? { verdict: "left" } : { verdict: "unknown", reason: "not_inside" };
  if (screening === null) return { verdict: "wrong_screening", reason: open === 0 ? "no_open_door" : "choose_screening" };
  if (!screening.published) return { verdict: "void", reason: "screening_cancelled" };
  // What a newer one may enter stands in no code, only whose festival it is for: the house judges it afterwards.
  const may = badge === null ? screening.festival_digest === read.digest : entitled(badge, id, screening);
  if (!may) return { verdict: "wrong_screening", reason: "not_entitled" };
  if (at < Date.parse(screening.doors_at)) return { verdict: "too_early" };
  if (at >= Date.parse(screening.ends_at)) return { verdict: "ended" };
  if (inside || (entries > 0 && !screening.reentry)) return { verdict: "already_admitted" };
  const quota = screening.kind === "film" && entries === 0 ? (badge?.screenings_per_day ?? Infinity) : Infinity;
  if (quota < Infinity && usedOn(badge, screening.day, screenings, waits) >= quota) return { verdict: "wrong_screening", reason: "quota_used" };
  if (left === 0) return { verdict: "wrong_screening", reason: "no_places" };
  return badge === null ? { verdict: "admitted", reason: "accredited_since" } : { verdict: "admitted" };
}
