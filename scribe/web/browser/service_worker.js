// Keeps all files of the site, so that the page works without a network. VERSION and
// FILES are put before this text when the site is made; another version is another
// cache, and the page that is open goes on with its own.

const HERE = new URL("./", self.location.href);
const OURS = `scribe ${HERE.pathname} `; // other sites may have the same origin
const CACHE = OURS + VERSION;

self.addEventListener("install", (event) => {
  const all = FILES.map((file) => new Request(new URL(file, HERE), { cache: "no-cache" }));
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll(all)));
});

self.addEventListener("activate", (event) => {
  const isOld = (name) => name.startsWith(OURS) && name !== CACHE;
  const clear = async () => {
    await Promise.all((await caches.keys()).filter(isOld).map((name) => caches.delete(name)));
    await self.clients.claim();
  };
  event.waitUntil(clear());
});

self.addEventListener("fetch", (event) => {
  const { url, method, mode } = event.request;
  if (method !== "GET" || !url.startsWith(HERE.href)) return;
  const asked = mode === "navigate" ? new URL("index.html", HERE) : event.request;
  const answer = async () => (await (await caches.open(CACHE)).match(asked, { ignoreSearch: true })) ?? fetch(event.request);
  event.respondWith(answer());
});
