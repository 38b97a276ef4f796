// The door without leaving the page: the field is always ready, each verdict is seen, heard and felt.
const form = document.getElementById("scanner");
const field = form.elements.code;
const verdict = document.getElementById("verdict");
const scans = document.getElementById("scans");
const LAST_MAX = 12;
// Low and long for no, high and short for yes: told apart also by those who look elsewhere.
const SOUNDS = { yes: [[880, 0.1]], again: [[440, 0.15], [440, 0.15]], no: [[180, 0.45]], out: [[660, 0.08]] };
const PULSES = { yes: [60], again: [80, 60, 80], no: [350], out: [40] };
const memory = "ticketing.scans";

form.dataset.asks = "yes";
const part = (name) => document.querySelectorAll(`[data-part=${name}]`);
const set = (name, text) => part(name).forEach((node) => (node.textContent = text ?? ""));

let audio;
function sound(look) {
  try {
    audio ??= new AudioContext();
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
  } catch {
    // A device without sound still shows colour, shape and words.
  }
  navigator.vibrate?.(PULSES[look]);
}

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

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(memory)) ?? [];
  } catch {
    return [];
  }
}

remembered().reverse().forEach(list);

function show(answer) {
  look(answer.look);
  for (const name of ["words", "seat", "advice", "film"]) set(name, answer[name]);
  set("details", answer.details.join(" · "));
  if (answer.sold !== null) {
    set("admitted", answer.admitted);
    set("sold", answer.sold);
  }
  sound(answer.look);
  const time = new Date().toTimeString().slice(0, 8);
  const entry = { time, words: answer.words, seat: answer.seat };
  list(entry);
  sessionStorage.setItem(memory, JSON.stringify([entry, ...remembered()].slice(0, LAST_MAX)));
}

let line = Promise.resolve();
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const body = new URLSearchParams(new FormData(form));
  // Each scan has its own number; should sending fail half-way, the same scan sent again is one scan.
  body.set("scan", crypto.randomUUID?.() ?? form.elements.scan.value);
  field.value = "";
  field.focus();
  line = line.then(() => send(body, 3));
});

async function send(body, tries) {
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { accept: "application/json" } });
    const data = await answer.json();
    if (answer.ok) return show(data);
    if (answer.status === 503 && tries > 1) throw new Error("again");
    show({ look: "again", words: data.title, advice: data.detail, seat: "", film: "", details: [], sold: null });
  } catch {
    if (tries > 1) {
      await new Promise((done) => setTimeout(done, 400));
      return send(body, tries - 1);
    }
    show({ look: "again", words: form.dataset.broken, advice: form.dataset.retry, seat: "", film: "", details: [], sold: null });
  }
}

// A hand-held scanner types wherever the cursor is: keep it in the field, unless somebody sets up the gate.
document.addEventListener("keydown", (event) => {
  if (event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.target.closest("input, select, summary, a")) field.focus();
});
document.addEventListener("visibilitychange", () => document.hidden || field.focus());
field.focus();
