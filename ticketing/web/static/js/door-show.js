// A verdict as it is seen, heard and felt: one colour, one shape, one sound, few words.
const verdict = document.getElementById("verdict");
const scans = document.getElementById("scans");
const LAST_MAX = 12;
// Low and long for no, high and short for yes: told apart also by those who look elsewhere.
const SOUNDS = { yes: [[880, 0.1]], again: [[440, 0.15], [440, 0.15]], no: [[180, 0.45]], out: [[660, 0.08]] };
const PULSES = { yes: [60], again: [80, 60, 80], no: [350], out: [40] };

let audio;

/** Browsers let a page sound only after somebody has touched it. */
export function wakeSound() {
  try {
    audio ??= new AudioContext();
    if (audio.state === "suspended") audio.resume();
  } catch {
    // A device without sound still shows colour, shape and words.
  }
}

function sound(look) {
  wakeSound();
  navigator.vibrate?.(PULSES[look]);
  if (audio?.state !== "running") return;
  let at = audio.currentTime;
  for (const [pitch, length] of SOUNDS[look]) {
    const tone = audio.createOscillator();
    const loud = audio.createGain();
    tone.frequency.value = pitch;
    tone.type = look === "no" ? "square" : "sine";
    loud.gain.setValueAtTime(0.25, at);
    loud.gain.exponentialRampToValueAtTime(0.001, at + length);
    tone.connect(loud).connect(audio.destination);
    tone.start(at);
    tone.stop(at + length);
    at += length + 0.06;
  }
}

export const set = (name, text) => {
  for (const node of document.querySelectorAll(`[data-part=${name}]`)) {
    node.textContent = text ?? "";
    node.hidden = !node.textContent && node.dataset.stays === undefined;
  }
};

export const filled = (text, facts) => text.replace(/%\((\w+)\)s/g, (_, name) => facts[name] ?? "");

function look(kind) {
  verdict.className = `verdict ${kind}`;
  // Without this the same verdict twice would not move, and nobody would see that it is a new one.
  verdict.style.animation = "none";
  void verdict.offsetWidth;
  verdict.style.animation = "";
  for (const sign of verdict.querySelectorAll("svg")) sign.toggleAttribute("hidden", sign.dataset.look !== kind);
}

function list(entry) {
  const line = document.createElement("li");
  const time = document.createElement("time");
  time.textContent = entry.time;
  const words = document.createElement("span");
  words.textContent = [entry.words, entry.seat].filter(Boolean).join(" · ");
  line.append(time, words);
  scans.prepend(line);
  while (scans.children.length > LAST_MAX) scans.lastChild.remove();
}

/** Shows the last scans of a visit before this one. */
export const listAll = (entries) => [...entries].reverse().forEach(list);

/** Shows what can't be decided, or what the house refuses to hear. */
export function showTrouble(words, advice) {
  show({ look: "again", words, advice, seat: "", ask: [], film: "", details: [] });
}

/** Shows a verdict in words; answers what is to be remembered of it. */
export function show(told) {
  look(told.look);
  for (const name of ["words", "seat", "advice", "film"]) set(name, told[name]);
  set("ask", told.ask.join(" · "));
  set("details", told.details.join(" · "));
  set("alone", told.alone);
  if (told.counts) {
    set("admitted", told.counts.admitted);
    set("sold", told.counts.sold);
    set("by-badge", told.badges);
  }
  // Whoever set up the gate, or typed far down the page, sees it all the same.
  scrollTo(0, 0);
  sound(told.look);
  const entry = { time: new Date().toTimeString().slice(0, 8), words: told.words, seat: told.seat };
  list(entry);
  return entry;
}

/**
 * The words of an answer, the house's or our own; `words` are those of its screening, `alone`: it is our own. Of a moment
 * the day is told where it is not that of `now`, by the venue's clock.
 */
export function inWords(answer, texts, words, alone, now) {
  const there = (moment, parts) =>
    new Intl.DateTimeFormat("en-GB", { ...parts, timeZone: answer.timezone ?? undefined }).format(new Date(moment));
  const day = (moment) => there(moment, { day: "2-digit", month: "2-digit" }).replace("/", ".");
  const time = (moment) => (day(moment) === day(now) ? "" : `${day(moment)} `) + there(moment, { hour: "2-digit", minute: "2-digit" });
  const [kind, title] = texts.looks[answer.verdict];
  const { verdict: given, first, badge } = answer;
  const moment = given === "too_early" ? answer.doors_at : given === "already_admitted" ? first?.at : answer.starts_at;
  const where = [answer.venue, answer.hall].filter(Boolean).join(", ");
  const of_badge = badge && given === "superseded" ? "badge_superseded" : answer.reason;
  const reason = answer.by_hand && given === "superseded" ? "number_only" : of_badge;
  const unknown_place = given === "wrong_screening" && !answer.film && !reason ? "elsewhere" : null;
  const advice = texts.advice[unknown_place ?? reason] ?? texts.advice[given] ?? "";
  const place = answer.area ? texts.unnumbered : answer.row ? filled(texts.seat, answer) : (answer.seat ?? "");
  const lets_in = kind === "yes";
  return {
    look: kind,
    words: texts.titles[reason] ?? title,
    advice: filled(advice, { time: moment ? time(moment) : "", gate: first?.gate, film: answer.film, hall: where }),
    seat: badge ? texts.categories[badge.category] : answer.section && answer.row ? `${answer.section}: ${place}` : place,
    ask: [
      lets_in && answer.proof && filled(texts.ask, answer),
      lets_in && badge && (badge.photo ? texts.ask_photo : texts.ask_identity),
      lets_in && answer.minors_need_company && texts.company,
      answer.age_category,
    ].filter(Boolean),
    film: answer.film ?? "",
    details: [
      answer.tariff_name,
      badge?.screenings_per_day && filled(texts.quota, { used: badge.used, most: badge.screenings_per_day }),
      ...(words ?? []),
      // Whoever is not let in here may have come to the wrong house.
      answer.hall && `${lets_in ? answer.hall : where}, ${time(answer.starts_at)}`,
      answer.by_hand && texts.by_hand,
    ].filter(Boolean),
    alone: alone ? texts.alone : "",
    counts: answer.counts,
    badges: answer.counts?.badge_places === undefined ? "" : filled(texts.by_badge, answer.counts),
  };
}
