/** The log's page: remembers what it saw, and tells when the log has been written anew. */

import { parseVerifierKey } from "../ballots/log.js";
import { FetchReader } from "../ballots/record.js";
import { must } from "../common/dom.js";
import { speak, t, toLanguage } from "../common/messages.js";
import { type Comparison, compare } from "./watch.js";

/** What the server puts into the page. */
interface PageData {
  readonly slug: string;
  readonly vkey: string;
}

const data = JSON.parse(must("#log-data").textContent ?? "") as PageData;
const key = parseVerifierKey(data.vkey);
const ask = (address: string): Promise<Response> =>
  fetch(address, { credentials: "omit", cache: "no-cache" });
const reader = new FetchReader(`/log/${data.slug}/`, ask);
/** A key that is changed is another log: what was seen under the old one stays kept beside it. */
const place = `seen ${key}`;

function kept(): string | null {
  try {
    return localStorage.getItem(place);
  } catch {
    return null;
  }
}

function keep(checkpoint: string): void {
  try {
    localStorage.setItem(place, checkpoint);
  } catch {
    // A browser that keeps nothing sees the log for the first time each time.
  }
}

function tell(box: HTMLElement, found: Comparison): void {
  box.dataset["state"] = found.state;
  for (const line of box.querySelectorAll<HTMLElement>("[data-of]")) {
    line.hidden = !line.dataset["of"]!.split(" ").includes(found.state);
  }
  must(".watch-detail", box).textContent =
    found.state === "same"
      ? t("The log had {seen} entries then; it begins with the very same ones today.", {
          seen: found.seen,
        })
      : "";
  box.hidden = false;
}

async function watch(): Promise<void> {
  const before = kept();
  const found = await compare(reader, key, before);
  tell(must("#watch"), found);
  if (found.state === "same" || found.state === "first") {
    keep(found.today);
  } else if (found.state === "rewritten") {
    must("#watch-kept").textContent = before;
  }
}

speak(toLanguage(document.documentElement.lang));
for (const element of document.querySelectorAll<HTMLElement>("[data-script]")) {
  element.hidden = element.dataset["script"] !== "with";
}
must("#compare-form").addEventListener("submit", (event) => {
  event.preventDefault();
  const typed = must<HTMLTextAreaElement>("#kept").value;
  void compare(reader, key, typed).then((found) => tell(must("#compared"), found));
});
void watch();
