/** Has this browser keep the receipt page, so that a compact receipt is checked without network. */

/** The part of this room that lives on after the page is closed. */
const WORKER = "/R/worker.js";
const SCOPE = "/R/";

/** Keep the page and all that it has loaded; a browser that can't loses nothing else. */
export async function keepOffline(): Promise<void> {
  if (!("serviceWorker" in navigator)) {
    return;
  }
  try {
    await navigator.serviceWorker.register(WORKER, { scope: SCOPE });
    const { active } = await navigator.serviceWorker.ready;
    active?.postMessage({ keep: loaded() });
  } catch {
    // Private windows and old browsers refuse; the page works with a network as before.
  }
}

/** The addresses of style, script and icons of this page. */
function loaded(): string[] {
  return performance
    .getEntriesByType("resource")
    .map(({ name }) => new URL(name))
    .filter(({ origin, pathname }) => origin === location.origin && pathname.startsWith("/static/"))
    .map(({ href }) => href);
}
