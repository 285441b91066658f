/** The service worker of the tablet: opens its page without network, and never keeps anything else. */

const scope = self as unknown as ServiceWorkerGlobalScope;

const CACHE = "booth";
const STATIC = "/static/";
/** A network that is there but gives no answer is waited for so long. */
const PATIENCE = 5000;
/** A page in another language than it was asked for is better than none. */
const LOOSELY = { ignoreVary: true };

/** What the page tells once it is whole: its address and those of all its parts. */
interface Whole {
  readonly page: string;
  readonly parts: readonly string[];
}

scope.addEventListener("install", () => {
  void scope.skipWaiting();
});

scope.addEventListener("activate", (event) => {
  event.waitUntil(scope.clients.claim());
});

scope.addEventListener("message", (event) => {
  event.waitUntil(keep(event.data as Whole));
});

scope.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) {
    return;
  }
  if (request.mode === "navigate") {
    event.respondWith(freshest(request));
  } else if (pathname.startsWith(STATIC)) {
    event.respondWith(kept(request));
  }
});

/** Keep the page and exactly the parts that it is made of now. */
async function keep({ page, parts }: Whole): Promise<void> {
  const cache = await caches.open(`${CACHE} ${page}`);
  const whole = new URL(page, location.origin);
  const addresses = parts
    .map((part) => new URL(part))
    .filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith(STATIC));
  const wanted = new Set(
    [whole, ...addresses].map((url) => url.origin + url.pathname + url.search),
  );
  for (const request of await cache.keys()) {
    if (!wanted.has(request.url)) {
      await cache.delete(request);
    }
  }
  for (const address of wanted) {
    if (address === whole.href || (await cache.match(address, LOOSELY)) === undefined) {
      await cache.add(address);
    }
  }
}

/** The page as the server gives it now, else as it was kept. */
async function freshest(request: Request): Promise<Response> {
  const kept = await caches.match(request, { ...LOOSELY, ignoreSearch: true });
  if (kept === undefined) {
    return fetch(request);
  }
  const late = new Promise<Response>((resolve) => setTimeout(() => resolve(kept), PATIENCE));
  return Promise.race([fetch(request).catch(() => kept), late]);
}

/** Parts are named by their content, so what was kept is right for ever. */
async function kept(request: Request): Promise<Response> {
  return (await caches.match(request, LOOSELY)) ?? fetch(request);
}
