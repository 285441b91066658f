/** The page that checks a whole record in the reader's browser: fetch, check, report in words. */

import url from "worker:verify";

import { BallotError } from "../ballots/errors.js";
import { parseVerifierKey } from "../ballots/log.js";
import { must } from "../common/dom.js";
import { speak, t, toLanguage } from "../common/messages.js";
import type { Answer, Broken, Done, Task } from "./messages.js";
import { type Words, reportView } from "./report.js";

/** What the server puts into the page. */
interface PageData {
  readonly slug: string;
  readonly vkey: string;
  readonly words: Words;
}

const data = JSON.parse(must("#verify-data").textContent ?? "") as PageData;
const bar = must<HTMLProgressElement>("#progress");
let worker: Worker | null = null;
let stop: AbortController | null = null;
let finished: Done | null = null;

/** Show one of the page's states: ready, working, done, failed. */
function show(state: string): void {
  for (const part of document.querySelectorAll<HTMLElement>("[data-state]")) {
    part.hidden = !part.dataset["state"]!.split(" ").includes(state);
  }
}

function tell(text: string): void {
  must("#progress-text").textContent = text;
}

async function download(): Promise<ArrayBuffer> {
  stop = new AbortController();
  const answer = await fetch(`/log/${data.slug}/record.zip`, {
    credentials: "omit",
    signal: stop.signal,
  });
  if (!answer.ok || answer.body === null) {
    throw new TypeError(`the log answered ${answer.status}`);
  }
  const parts: BlobPart[] = [];
  let bytes = 0;
  const reader = answer.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read()) {
    parts.push(part.value);
    bytes += part.value.length;
    tell(t("Fetching the record: {kilobytes} kB", { kilobytes: Math.ceil(bytes / 1024) }));
  }
  return new Blob(parts).arrayBuffer();
}

async function checkServed(): Promise<void> {
  const vkey = chosenKey();
  if (vkey === null) {
    return;
  }
  bar.removeAttribute("value");
  show("working");
  try {
    check(await download(), vkey);
  } catch (error) {
    if (stop?.signal.aborted) {
      show("ready");
    } else {
      fail(error instanceof TypeError ? t("The record can't be fetched right now.") : String(error));
    }
  }
}

async function checkFile(file: File | undefined): Promise<void> {
  const vkey = chosenKey();
  if (file === undefined || vkey === null) {
    return;
  }
  bar.removeAttribute("value");
  show("working");
  check(await file.arrayBuffer(), vkey);
}

/** Give the key to check with: the reader's own, else the one that this site serves. */
function chosenKey(): string | null {
  const field = must<HTMLInputElement>("#own-key");
  const typed = field.value.trim();
  const problem = must("#own-key-problem");
  problem.hidden = true;
  try {
    return String(parseVerifierKey(typed === "" ? data.vkey : typed));
  } catch (error) {
    if (!(error instanceof BallotError)) {
      throw error;
    }
    problem.hidden = false;
    field.focus();
    return null;
  }
}

function check(zip: ArrayBuffer, vkey: string): void {
  tell(t("Reading the record …"));
  const started = new Worker(url);
  worker = started;
  started.addEventListener("message", (event: MessageEvent<Answer>) => take(event.data));
  started.addEventListener("error", () => {
    if (worker === started) {
      fail(t("This browser could not finish the check; use the command instead."));
    }
  });
  const task: Task = { zip, vkey };
  started.postMessage(task, [zip]);
}

function take(answer: Answer): void {
  switch (answer.kind) {
    case "progress":
      bar.max = answer.all;
      bar.value = answer.done;
      tell(t("{done} of {all} ballots checked", { done: answer.done, all: answer.all }));
      break;
    case "broken":
      end();
      fail(brokenWords(answer));
      break;
    case "done":
      end();
      finish(answer);
  }
}

function brokenWords({ rule }: Broken): string {
  return t("{meaning} (rule {rule})", { meaning: data.words.rules[rule] ?? rule, rule });
}

function finish(report: Done): void {
  finished = report;
  must("#report").replaceChildren(reportView(report, data.words, data.slug));
  show("done");
  must("#report-heading").focus();
}

function fail(reason: string): void {
  end();
  must("#failure").textContent = reason;
  show("failed");
}

function end(): void {
  worker?.terminate();
  worker = null;
}

/** Keep the report as a file that a program can read. */
function save(): void {
  const text = `${JSON.stringify(finished, null, 2)}\n`;
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  link.download = `report-${data.slug}.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}

speak(toLanguage(document.documentElement.lang));
for (const element of document.querySelectorAll<HTMLElement>("[data-script]")) {
  element.hidden = element.dataset["script"] !== "with";
}
must("#start").addEventListener("click", () => void checkServed());
must("#again").addEventListener("click", () => show("ready"));
must("#save").addEventListener("click", save);
must("#stop").addEventListener("click", () => {
  stop?.abort();
  end();
  show("ready");
});
const chooser = must<HTMLInputElement>("#record-file");
chooser.addEventListener("change", () => void checkFile(chooser.files?.[0]));
show("ready");
