// Keeps the door's page on the device, so that it opens without a network. It knows nothing of tickets.
// Before this stand SHELL (the page, and the address it is shown at), FILES and VERSION, written by the server.
const CACHE = `ticketing-door-${SHELL.at}-${VERSION}`;

self.addEventListener("install", (event) => {
  const fresh = [SHELL.page, ...FILES].map((file) => new Request(file, { cache: "reload" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(fresh)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = (name) => name.startsWith(`ticketing-door-${SHELL.at}-`) && name !== CACHE;
  const sweep = caches.keys().then((names) => Promise.all(names.filter(old).map((name) => caches.delete(name))));
  event.waitUntil(sweep.then(() => self.clients.claim()));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  const { pathname } = new URL(request.url);
  const page = request.mode === "navigate" && pathname === SHELL.at;
  const file = FILES.some((name) => new URL(name, self.location).pathname === pathname);
  if (!page && !file) return;
  // What belongs together comes from one cache, so that no old part ever meets a new one.
  const kept = caches.open(CACHE).then((cache) => cache.match(page ? SHELL.page : pathname, { ignoreSearch: true }));
  event.respondWith(kept.then((found) => found ?? fetch(request)));
});
