// Keeps opened tickets for the door, where the network may be gone. Registered for the pages of orders and tickets
// alone. The network comes first, so that what was given back or exchanged is not shown as a ticket; what was kept
// is shown when the network fails or takes too long. Each page has a cache of its own and goes with it.
const PREFIX = "ticket:";
const PAGES_MAX = 20;
const PARTS_MAX = 90;
const PATIENCE_MS = 3000;
const AFTER_ITS_END_MS = 86400000;
// Pages shown as they were kept: their parts need not try the network once more.
const shownAsKept = new Set();

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(Promise.all([clients.claim(), tidy()])));
addEventListener("message", (event) => event.waitUntil(keep(event.source.url, event.data.parts)));
addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(showPage(event));
  else if (isPart(request.url)) event.respondWith(showPart(event));
});

const nameOf = (address) => PREFIX + new URL(address).pathname;

// What a page of tickets is made of: styles, scripts, and the pictures of its codes.
function isPart(address) {
  const { origin, pathname } = new URL(address);
  return origin === location.origin && /^\/(static|themes)\/|^\/api\/v1\/(orders|tickets)\/.*\/qr\.svg$/.test(pathname);
}

async function keptPage(name) {
  return (await caches.has(name)) ? (await caches.open(name)).match(name.slice(PREFIX.length)) : undefined;
}

async function showPage(event) {
  const name = nameOf(event.request.url);
  const fresh = fetch(event.request);
  event.waitUntil(fresh.then((answer) => remember(name, answer.clone())).catch(() => {}));
  const kept = await keptPage(name);
  if (!kept) return fresh;
  const answer = await inTime(fresh);
  if (answer && answer.status < 500) return answer;
  shownAsKept.add(event.resultingClientId);
  return asKept(kept);
}

async function showPart({ request, clientId }) {
  const kept = await caches.match(request, { ignoreVary: true });
  // A name with a mark of its content never means anything else.
  if (kept && (shownAsKept.has(clientId) || new URL(request.url).searchParams.has("v"))) return kept;
  const fresh = fetch(request);
  if (!kept) return fresh;
  const answer = await inTime(fresh);
  return answer?.ok ? answer : kept;
}

// The answer, or nothing where the network fails or takes too long.
function inTime(fresh) {
  const late = new Promise((done) => setTimeout(done, PATIENCE_MS));
  return Promise.race([fresh.catch(() => undefined), late]);
}

const isPast = (ends) => Date.parse(ends) + AFTER_ITS_END_MS < Date.now();

// A page says when the last of its screenings ends; one without tickets that count says nothing and is forgotten.
async function remember(name, answer) {
  if (answer.status === 404 || answer.status === 410) return caches.delete(name);
  if (answer.status !== 200 || answer.redirected) return false;
  const text = await answer.text();
  const until = /data-keep-until="([^"]+)"/.exec(text)?.[1];
  if (!until || isPast(until)) return caches.delete(name);
  const headers = {
    "content-type": "text/html; charset=utf-8",
    "content-security-policy": answer.headers.get("content-security-policy") ?? "default-src 'self'",
    "referrer-policy": "no-referrer",
    "x-kept-at": new Date().toISOString(),
    "x-keep-until": until,
  };
  await (await caches.open(name)).put(name.slice(PREFIX.length), new Response(text, { headers }));
  return true;
}

async function asKept(kept) {
  const text = await kept.text();
  return new Response(text.replace("<html ", `<html data-kept-at="${kept.headers.get("x-kept-at")}" `), kept);
}

// An open page tells what it is made of. It is asked for anew only where it was not kept when it was opened.
async function keep(address, parts) {
  const name = nameOf(address);
  if (!(await keptPage(name)) && !(await remember(name, await fetch(address)))) return;
  const cache = await caches.open(name);
  const wanted = new Set(parts.filter(isPart).slice(0, PARTS_MAX));
  for (const old of await cache.keys()) if (isPart(old.url) && !wanted.has(old.url)) await cache.delete(old);
  await Promise.all([...wanted].map(async (part) => {
    const answer = await fetch(part);
    if (answer.ok) await cache.put(part, answer);
  }));
  await tidy();
}

// Forgets what is long past, and the oldest where there are too many.
async function tidy() {
  const kept = [];
  for (const name of (await caches.keys()).filter((one) => one.startsWith(PREFIX))) {
    const page = await keptPage(name);
    if (!page || isPast(page.headers.get("x-keep-until"))) await caches.delete(name);
    else kept.push({ name, at: page.headers.get("x-kept-at") });
  }
  kept.sort((one, other) => (one.at < other.at ? 1 : -1));
  for (const { name } of kept.slice(PAGES_MAX)) await caches.delete(name);
}
