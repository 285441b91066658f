/** Keeps the empty receipt page and its parts for the time without a network; never a receipt. */

const worker = self as unknown as ServiceWorkerGlobalScope;
const STORE = "receipt-page";
const SHELL = "/R/";

worker.addEventListener("install", (event) => {
  event.waitUntil(keepShell().then(() => worker.skipWaiting()));
});
worker.addEventListener("activate", (event) => {
  event.waitUntil(worker.clients.claim());
});
worker.addEventListener("message", (event) => {
  const { keep } = event.data as { readonly keep?: readonly string[] };
  if (keep !== undefined) {
    event.waitUntil(keepParts(keep));
  }
});
worker.addEventListener("fetch", (event) => {
  const { mode, method, url } = event.request;
  if (method !== "GET") {
    return;
  }
  if (mode === "navigate") {
    event.respondWith(page(event.request));
  } else if (new URL(url).pathname.startsWith("/static/")) {
    event.respondWith(part(event.request));
  }
});

async function keepShell(): Promise<void> {
  const store = await caches.open(STORE);
  await store.add(new Request(SHELL, { cache: "reload" }));
}

/** Keep what the page is made of, and let go of what it was made of before. */
async function keepParts(addresses: readonly string[]): Promise<void> {
  const store = await caches.open(STORE);
  const shell = new URL(SHELL, location.origin).href;
  for (const { url } of await store.keys()) {
    if (url !== shell && !addresses.includes(url)) {
      await store.delete(url);
    }
  }
  for (const address of addresses) {
    if ((await store.match(address)) === undefined) {
      await store.add(address);
    }
  }
}

/** A page from the network, or the kept empty one where there is none. */
async function page(request: Request): Promise<Response> {
  try {
    const answer = await fetch(request);
    if (answer.ok && new URL(request.url).pathname === SHELL) {
      await (await caches.open(STORE)).put(SHELL, answer.clone());
    }
    return answer;
  } catch {
    return (await caches.match(SHELL)) ?? Response.error();
  }
}

async function part(request: Request): Promise<Response> {
  return (await caches.match(request)) ?? (await fetch(request));
}
