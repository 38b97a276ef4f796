// The evening as this device knows it: screenings, keys, tickets and badges; and what it says to a code by itself.
import { badgeCounts, decideBadge, screeningFor, standingAt, usedOn } from "./door-badges.js";
import { checksSignatures, isBadge, readCode, signatureOf, typedNumber } from "./door-code.js";
import { decide, standing } from "./door-rules.js";

// A list with changes alone is asked for in between; now and then a whole one, whatever happened.
const WHOLE_EVERY_MS = 600000;
const KEPT_AFTER_MS = 500;
const TYPED_REVISION = 1;

const EMPTY = { screenings: {}, words: {}, keys: {}, post: null, venues: {}, venue: null, language: null, tag: null, mark: null, at: null, whole_at: null };

function seatOf(label = "") {
  const [area, place] = label.split("#");
  if (place !== undefined) return { area };
  const [row, number] = label.slice(label.indexOf("/") + 1).split("-");
  return { section: label.includes("/") ? label.slice(0, label.indexOf("/")) : "", row, number };
}

export async function openEvening(store, language) {
  let known = { ...EMPTY, ...(await store.read("evening")) };
  const tickets = new Map((known.tickets ?? []).map((ticket) => [ticket.ticket, ticket]));
  const badges = new Map((known.badges ?? []).map((badge) => [badge.badge, badge]));
  const can_check = await checksSignatures();
  let keeping = null;

  function keepSoon() {
    keeping ??= setTimeout(() => {
      keeping = null;
      store.keep("evening", { ...known, tickets: [...tickets.values()], badges: [...badges.values()] });
    }, KEPT_AFTER_MS);
  }

  /** Asks the house for what is new; `address` is the page's own. Rejects as the link does. */
  async function refresh(link, address, venue) {
    const same = known.venue === venue && known.mark !== null && link.now() - known.whole_at < WHOLE_EVERY_MS;
    const query = new URLSearchParams(same ? { since: known.mark } : {});
    if (venue) query.set("venue", venue);
    const headers = same && known.language === language ? { "if-none-match": known.tag } : {};
    const answer = await link.ask(`${address}?${query}`, { headers });
    if (answer.content === null) {
      known.at = link.now();
    } else {
      const { evening, words } = answer.content;
      if (evening.whole) {
        tickets.clear();
        badges.clear();
      }
      for (const ticket of evening.tickets) tickets.set(ticket.ticket, ticket);
      for (const badge of evening.badges) badges.set(badge.badge, badge);
      const { screenings, keys, post, venues, mark } = evening;
      const at = link.now();
      const whole_at = evening.whole ? at : known.whole_at;
      known = { screenings, words, keys, post, venues, venue, language, tag: answer.headers.get("etag"), mark, at, whole_at };
    }
    keepSoon();
  }

  /** What this device says to a code by itself, in the shape of the house's answer. `waits`: what it said before. */
  async function judge(code, gate, at, alone, waits) {
    const typed = typedNumber(code);
    const read = typed ? { ticket: typed, revision: TYPED_REVISION, by_hand: true } : readCode(code);
    const signature = read && !read.by_hand ? await signatureOf(read, known.keys) : "unchecked";
    if (read && isBadge(read.ticket)) return judgeBadge(read, signature, gate, at, waits);
    const ticket = (read && tickets.get(read.ticket)) ?? null;
    const byDigest = () => Object.keys(known.screenings).find((one) => known.screenings[one].digest === read.digest);
    const id = ticket?.screening ?? (read && byDigest()) ?? null;
    const screening = known.screenings[id] ?? null;
    const mine = read ? waits.filter((scan) => scan.ticket === read.ticket) : [];
    const facts = { read, signature, ticket: screening && ticket, id, screening, listed: known.at !== null };
    const { direction, screening: lets_in_to } = gate;
    const { verdict, reason } = decide({ ...facts, lets_in_to, direction, at, alone, waits: mine });
    const there = standing(ticket ?? {}, mine);
    const about = screening ?? {};
    return {
      verdict,
      reason,
      direction,
      revision: read?.revision,
      by_hand: Boolean(read?.by_hand),
      ticket: read?.ticket ?? null,
      screening: id,
      seat: ticket?.seat ?? "",
      tariff_name: about.tariffs?.[ticket?.tariff],
      proof: about.proofs?.[ticket?.tariff],
      first: there.at ? { at: there.at, gate: there.gate } : null,
      ...about,
      ...placeOf(ticket?.seat, about),
    };
  }

  function judgeBadge(read, signature, gate, at, waits) {
    const badge = badges.get(read.ticket) ?? null;
    const { screenings } = known;
    const { direction, screening: lets_in_to } = gate;
    const mine = waits.filter((scan) => scan.ticket === read.ticket);
    const { id, open } = screeningFor(badge, read, screenings, lets_in_to, direction, at, mine);
    const listed = known.at !== null;
    const about = screenings[id] ?? {};
    const left = counts(id, waits, true).badge_places_left;
    const { verdict, reason } = decideBadge({ read, signature, badge, id, open, screenings, left, listed, direction, at, waits: mine });
    const there = standingAt(badge, id, mine);
    const used = badge ? usedOn(badge, about.day, screenings, mine) : 0;
    return {
      verdict,
      reason,
      direction,
      revision: read.revision,
      by_hand: Boolean(read.by_hand),
      ticket: read.ticket,
      screening: id,
      badge: badge && { ...badge, accreditation: badge.badge, used: used + (verdict === "admitted" && there.entries === 0 && about.kind === "film") },
      first: there.at ? { at: there.at, gate: there.gate } : null,
      ...about,
    };
  }

  function placeOf(seat, about) {
    const place = seatOf(seat);
    return { ...place, section: about.sections?.[place.section] ?? place.section };
  }

  /** Takes note of what the house has decided. */
  function learn(answer, revision = 1) {
    if (answer.badge) return learnBadge(answer);
    if (!answer.ticket || !answer.screening || !["admitted", "left", "already_admitted"].includes(answer.verdict)) return;
    const { ticket, screening, seat, tariff, verdict, first } = answer;
    const row = tickets.get(ticket) ?? { ticket, screening, seat, tariff, revision, status: "sold", entries: 0 };
    const inside = verdict === "left" ? false : verdict === "admitted" || (row.inside ?? false);
    const entries = Math.max(1, (row.entries ?? 0) + (verdict === "admitted"));
    tickets.set(ticket, { ...row, inside, entries, at: first?.at ?? row.at, gate: first?.gate ?? row.gate });
    keepSoon();
  }

  function learnBadge({ badge: { accreditation }, screening, verdict, first }) {
    const badge = badges.get(accreditation);
    if (!badge || !known.screenings[screening] || !["admitted", "left", "already_admitted"].includes(verdict)) return;
    const { day, kind } = known.screenings[screening];
    const others = (badge.entered ?? []).filter((one) => one.screening !== screening);
    const { entries, inside } = standingAt(badge, screening, []);
    const entered = { screening, day, counts: kind === "film", at: first?.at, gate: first?.gate };
    entered.inside = verdict !== "left" && (verdict === "admitted" || inside);
    entered.entries = Math.max(1, entries + (verdict === "admitted"));
    badges.set(accreditation, { ...badge, entered: [...others, entered] });
    keepSoon();
  }

  /** Tickets of a screening that were let in, and that are sold, with what the house has not heard of; and its badges. */
  function counts(id, waits, of_badges = false) {
    let admitted = 0;
    let sold = 0;
    const let_in = new Set(waits.filter((scan) => scan.shown === "admitted").map((scan) => scan.ticket));
    for (const row of tickets.values()) {
      if (row.screening !== id || row.status !== "sold") continue;
      sold += 1;
      admitted += Number((row.entries ?? 0) > 0 || let_in.has(row.ticket));
    }
    const there = of_badges && known.screenings[id];
    return { admitted, sold, ...(there ? badgeCounts(id, there, sold, badges, waits) : {}) };
  }

  return { refresh, judge, learn, counts, can_check, known: () => known, tickets: () => tickets.size + badges.size };
}
