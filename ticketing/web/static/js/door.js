// The door: a code comes from the camera, a hand-held scanner or fingers, and gets a verdict, with a network or without.
import { startCamera } from "./door-camera.js";
import { isBadge } from "./door-code.js";
import { openEvening } from "./door-evening.js";
import { makeGate } from "./door-gate.js";
import { asTyped } from "./door-keyboard.js";
import { makeLink } from "./door-link.js";
import { openSender } from "./door-sender.js";
import { inWords, listAll, set, show, showTrouble, wakeSound } from "./door-show.js";
import { showState } from "./door-state.js";
import { openStore } from "./door-store.js";

// An answer within 300 ms, or our own; more where the list can't say anything of its own.
const PATIENCE_MS = 250;
const UNLISTED_PATIENCE_MS = 3000;
const TICK_MS = 2000;
const REFRESH_MS = 10000;
const LAST_MAX = 12;
// A trigger that is pulled twice, a key that bounces.
const TWICE_MS = 1500;

const form = document.getElementById("scanner");
const field = form.elements.code;
const texts = JSON.parse(form.dataset.texts);
const language = document.documentElement.lang;
const address = `/${language}/door`;

if ("serviceWorker" in navigator) {
  const kept = () => document.body.classList.add("kept");
  const trouble = (error) => console.warn("worker", error);
  navigator.serviceWorker.register(`${address}/worker.js`, { scope: address }).then(() => navigator.serviceWorker.ready).then(kept, trouble);
}

// Where nothing is kept the form asks the house by itself, as it does without scripts.
const store = await openStore().catch((error) => {
  document.getElementById("state").dataset.state = "alone";
  set("link", texts.no_store);
  throw error;
});
form.dataset.asks = "yes";
const evening = await openEvening(store, language);
const link = makeLink(language, (await store.read("clock")) ?? 0, () => tell());
const sender = await openSender(store, link, { settled, changed: () => tell() });
const gate = await makeGate(form, store, texts, () => refresh(true));
const told = { refused: (await store.read("refused")) ?? null, conflicts: 0, camera: null };
let last = (await store.read("last")) ?? [];
listAll(last);

function tell() {
  showState({ link, evening, sender, texts, told, now: link.now() });
  gate.offer(evening.known());
  const at = gate.chosen();
  if (at.screening) {
    const { admitted, sold } = evening.counts(at.screening, sender.waits);
    set("admitted", admitted);
    set("sold", sold);
  }
}

async function asking(what) {
  try {
    const answer = await what();
    refusedAs(null);
    return answer;
  } catch (error) {
    if (error.code) refusedAs(error.code);
    return null;
  } finally {
    tell();
  }
}

// A device that was taken out of use knows it from then on, with or without a network. Whose sign-in is over lets people
// in all the same while there is none to sign in by.
const OUT_OF_USE = "device_revoked";
function refusedAs(code) {
  if (told.refused !== code) store.keep("refused", code === OUT_OF_USE ? code : null);
  told.refused = code;
}

function settled(scan, answer) {
  evening.learn(answer);
  told.conflicts += Number(Boolean(answer.conflict));
}

let refreshed = -REFRESH_MS;
async function refresh(now = false) {
  if (!now && performance.now() - refreshed < REFRESH_MS) return;
  refreshed = performance.now();
  const renewed = () => evening.refresh(link, `${address}/evening`, gate.venue(evening.known()));
  await asking(() =>
    renewed().catch((error) => {
      // The venue was chosen by whoever had this telephone before.
      if (error.code !== "out_of_reach" || !gate.leaveVenue()) throw error;
      return renewed();
    }),
  );
  store.keep("clock", link.ahead());
}

async function tick() {
  // Another app, a call, or a telephone that slept takes the camera away: it is taken back once somebody looks.
  if (told.camera?.is_gone() && !document.hidden && !camera.disabled) useCamera(true);
  if (sender.waiting() > 0) {
    await asking(() => sender.send());
    if (link.up) await refresh(true);
  } else {
    await refresh(!link.up && !document.hidden);
  }
}

async function scan(code) {
  const at = link.now();
  const { gate: name, screening: chosen, direction } = gate.chosen();
  const own = await evening.judge(code, { screening: chosen, direction }, at, !link.up, sender.waits);
  const of_badge = isBadge(own.ticket ?? "");
  // What a badge is let in to is found here, where the venue is known: the house then means the same screening.
  const screening = chosen ?? (of_badge ? own.screening : null);
  const scanned_at = new Date(sender.moment(at)).toISOString();
  const scanned = { scan: newId(), code, gate: name, screening, direction, scanned_at };
  // Written down before anybody is told: the battery may die on either side of the verdict.
  const asks = link.up;
  Object.assign(scanned, { ticket: own.ticket, shown: asks ? null : own.verdict, asked: asks });
  await sender.add(scanned);
  let answer = null;
  if (asks && !told.refused) answer = await asked(scanned, patienceFor(own));
  if (told.refused && (link.up || told.refused === OUT_OF_USE)) {
    await sender.forget([scanned]);
    return showTrouble(texts.refused[told.refused] ?? texts.not_heard, texts.retry);
  }
  if (answer) {
    evening.learn(answer, own.revision);
    display(answer, false);
    return sender.forget([scanned]);
  }
  if (asks) await sender.change(Object.assign(scanned, { shown: own.verdict, asked: false }));
  const counted = screening ?? own.screening;
  display({ ...own, counts: counted && evening.counts(counted, sender.waits, of_badge) }, true);
  tell();
}

/** A gate whose list does not have this one would turn away somebody whom the house lets in, or the other way round. */
function patienceFor(own) {
  if (own.reason === "accredited_since") return UNLISTED_PATIENCE_MS;
  return own.screening === null && !own.badge && own.verdict !== "forged" ? UNLISTED_PATIENCE_MS : PATIENCE_MS;
}

async function asked({ scan: id, code, gate: name, screening, direction }, patience) {
  try {
    const body = { scan: id, code, gate: name, screening, direction };
    return (await link.ask("/api/v1/door/scans", { body, patience })).content;
  } catch (error) {
    if (error.code) refusedAs(error.code);
    return null;
  }
}

function display(answer, alone) {
  const words = evening.known().words[answer.screening];
  last = [show(inWords(answer, texts, words, alone, link.now())), ...last].slice(0, LAST_MAX);
  store.keep("last", last);
}

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const text = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join("-");
}

// One after the other, so that a verdict stays the one of the code that came last.
let line = Promise.resolve();
let before = { code: "", at: -TWICE_MS };
function take(code) {
  const at = performance.now();
  const twice = code === before.code && at - before.at < TWICE_MS;
  before = { code, at };
  if (!code.trim() || twice) return;
  line = line.then(() => scan(code)).catch((error) => {
    console.error(error);
    showTrouble(texts.broken, texts.retry);
  });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  take(asTyped(field.value));
  field.value = "";
  wakeSound();
  awaitCode();
});

// On a telephone the cursor in the field brings up a keyboard that covers the verdict: there it waits to be touched.
const by_touch = matchMedia("(pointer: coarse)");
function awaitCode() {
  if (!told.camera && !by_touch.matches) field.focus({ preventScroll: true });
  // What somebody has begun to type while the page came up is theirs to end.
  else if (!field.value) field.blur();
}

// A hand-held scanner types wherever the cursor is: it is led to the field, unless somebody writes elsewhere.
document.addEventListener("keydown", (event) => {
  const typed = event.key.length === 1 && !event.ctrlKey && !event.metaKey;
  const pressed = event.key === " " && event.target !== document.body;
  if (typed && !pressed && !event.target.closest("input[type=text], select")) field.focus({ preventScroll: true });
});
// A list that was chosen from by pointer would take what is scanned next for another choice.
form.addEventListener("change", ({ target }) => {
  if (target.matches("select:not(:focus-visible)")) target.blur();
});

const [camera, torch] = ["camera", "torch"].map((id) => document.getElementById(id));
const video = document.getElementById("view");

const CAMERA_TROUBLE = { NotAllowedError: texts.camera_refused, NotReadableError: texts.camera_busy };

async function useCamera(on) {
  camera.disabled = true;
  told.camera?.stop();
  told.camera = null;
  torch.setAttribute("aria-pressed", "false");
  try {
    if (on) told.camera = await startCamera(video, take, form.dataset);
    set("camera-trouble", "");
  } catch (error) {
    set("camera-trouble", CAMERA_TROUBLE[error.name] ?? texts.camera_missing);
  }
  const runs = told.camera !== null;
  camera.disabled = false;
  camera.setAttribute("aria-pressed", String(runs));
  document.body.classList.toggle("scanning", runs);
  video.hidden = !runs;
  if (runs) scrollTo(0, 0);
  torch.hidden = !told.camera?.has_torch;
  store.keep("camera", runs);
}

camera.addEventListener("click", () => {
  wakeSound();
  useCamera(told.camera === null);
});
torch.addEventListener("click", async () => {
  const on = torch.getAttribute("aria-pressed") !== "true";
  const shines = await told.camera.torch(on).then(() => on, () => null);
  // A light that can't be had is not offered any more.
  torch.hidden = shines === null;
  torch.setAttribute("aria-pressed", String(shines === true));
});

// The screen must not go dark between two people, whatever they are scanned with.
const keepAwake = () => navigator.wakeLock?.request("screen").catch(() => null);

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  keepAwake();
  awaitCode();
  tick();
});
addEventListener("online", () => tick());

document.body.classList.add("ready");
tell();
keepAwake();
if (await store.read("camera")) useCamera(true);
else awaitCode();
await tick();
setInterval(tick, TICK_MS);
