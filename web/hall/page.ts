/** What helps the hall's screen: it says when it has lost the server, and stays awake. */

import { must } from "../common/dom.js";

interface Asked extends Event {
  readonly detail: { readonly successful?: boolean };
}

document.addEventListener("htmx:afterRequest", (event) => {
  must("[data-lost]").hidden = (event as Asked).detail.successful === true;
});

/** Some screens go dark by themselves; a browser that can't help that shows the scene all the same. */
async function stayAwake(): Promise<void> {
  if (document.visibilityState === "visible") {
    await navigator.wakeLock?.request("screen").catch(() => undefined);
  }
}

document.addEventListener("visibilitychange", () => void stayAwake());
void stayAwake();
