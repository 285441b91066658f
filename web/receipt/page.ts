/** The receipt page: takes a receipt however it is brought, and shows what its checks come to. */

import { shortTracker } from "../ballots/ballot.js";
import { grouped, parseCrockford, parseHex, toCrockford } from "../ballots/encoding.js";
import { BallotError } from "../ballots/errors.js";
import { type VerifierKey, parseVerifierKey } from "../ballots/log.js";
import { HEADER } from "../ballots/receipt.js";
import { FetchReader } from "../ballots/record.js";
import { must } from "../common/dom.js";
import { speak, t, toLanguage } from "../common/messages.js";
import {
  ANOTHER,
  type Brought,
  type Facts,
  type KnownLog,
  type Line,
  checkBrought,
} from "./checks.js";
import { offerCamera } from "./camera.js";
import { keepOffline } from "./offline.js";

/** What the server puts into the page. */
interface PageData {
  readonly logs: readonly {
    readonly slug: string;
    readonly congress: string;
    readonly vkey: string;
    readonly witnesses: readonly string[];
  }[];
  /** The meaning of every rule code, in the page's language. */
  readonly rules: Readonly<Record<string, string>>;
  /** What was asked of the server; empty in the page as it is kept for the time without network. */
  readonly asked: string;
  readonly code: string | null;
  readonly text: string | null;
}

/** A log of this site, with what its pages are found under. */
interface SiteLog extends KnownLog {
  readonly slug: string;
  readonly congress: string;
}

const LARGEST_FILE = 64 * 1024;
const LEAST_COMPACT = 100;
const TRACKER_BITS = 80;

const data = JSON.parse(must("#receipt-data").textContent ?? "") as PageData;
let ownKey: VerifierKey | null = null;
let last: Brought | null = null;
/** A check that began later makes the lines of one before it void. */
let runs = 0;

function siteLogs(): SiteLog[] {
  return data.logs.map(({ slug, congress, vkey, witnesses }) => {
    const served = parseVerifierKey(vkey);
    const key = ownKey !== null && ownKey.name === served.name ? ownKey : served;
    const ask = (address: string): Promise<Response> =>
      fetch(address, { credentials: "omit", cache: "no-cache" });
    const reader = new FetchReader(`/log/${slug}/`, ask);
    return { slug, congress, key, witnesses: witnesses.map(parseVerifierKey), reader };
  });
}

async function check(brought: Brought): Promise<void> {
  runs += 1;
  const run = runs;
  last = brought;
  begin();
  const { verdict, facts } = await checkBrought(brought, siteLogs(), (line, known) => {
    if (run === runs) {
      showLine(line, known);
    }
  });
  if (run === runs) {
    showFacts(facts);
    showVerdict(verdict);
  }
}

function begin(): void {
  showVerdict(null);
  must("#facts").hidden = true;
  must("#checked").hidden = false;
  for (const item of document.querySelectorAll<HTMLElement>("[data-check]")) {
    setLine(item, "waiting", t("Checking …"), "");
  }
}

function showLine(line: Line, facts: Facts): void {
  const item = must(`[data-check="${line.name}"]`);
  if (line.state === "holds") {
    setLine(item, "holds", t("Holds"), detailOf(line, facts));
  } else if (line.state === "fails") {
    setLine(item, "fails", t("Does not hold"), reasonOf(line.rule));
  } else {
    setLine(item, "open", t("Not checked"), whyOpen(line.rule));
  }
}

function setLine(item: HTMLElement, state: string, word: string, detail: string): void {
  item.dataset["state"] = state;
  must(".check-word", item).textContent = word;
  const place = must(".check-detail", item);
  place.textContent = detail;
  place.hidden = detail === "";
}

function detailOf({ name }: Line, facts: Facts): string {
  const receipt = facts.receipt!;
  switch (name) {
    case "form":
      return t("Written for the log {origin}.", { origin: receipt.checkpoint.origin });
    case "signature":
      return t("Signed with the key {key}.", { key: String(facts.log!.key) });
    case "inclusion":
      return t("Entry {place} of the {size} that the log had then, counted from 0.", {
        place: receipt.index,
        size: receipt.checkpoint.size,
      });
    case "witnesses":
      return t("Signed by {names}.", { names: listed(facts.witnesses) });
    case "object":
      return facts.election === null
        ? ""
        : t("It belongs to the vote “{title}”.", { title: facts.election.title });
    case "consistency":
      return t("The log has {size} entries today, and begins with the very same ones.", {
        size: facts.size,
      });
  }
}

function listed(names: readonly string[]): string {
  return new Intl.ListFormat(document.documentElement.lang).format(names);
}

function reasonOf(rule: string): string {
  if (rule === "foreign") {
    return t("It names a log that is none of this site's.");
  }
  if (rule === ANOTHER) {
    return t("It is the receipt of another ballot than the one asked for.");
  }
  return t("{meaning} (rule {rule})", { meaning: data.rules[rule] ?? rule, rule });
}

function whyOpen(reason: string): string {
  switch (reason) {
    case "network":
      return t("The log can't be reached from here right now.");
    case "no-witness":
      return t("No witness has signed this state of the log; that is no fault.");
    default:
      return t("An earlier check does not hold, so this one would say nothing.");
  }
}

function showVerdict(verdict: string | null): void {
  for (const box of document.querySelectorAll<HTMLElement>("[data-verdict]")) {
    box.hidden = box.dataset["verdict"] !== verdict;
  }
  if (verdict !== null) {
    must("#verdict").scrollIntoView({ block: "nearest" });
  }
}

function showFacts(facts: Facts): void {
  const log = facts.log as SiteLog | null;
  if (facts.tracker === "" || log === null) {
    return;
  }
  must("#fact-tracker").textContent = shortTracker(facts.tracker);
  must("#fact-id").textContent = facts.tracker;
  must("#fact-congress").textContent = log.congress;
  must("#fact-vote-row").hidden = facts.election === null;
  if (facts.election !== null) {
    const link = must<HTMLAnchorElement>("#fact-vote");
    link.href = `/c/${log.slug}/votes/${facts.election.id}`;
    link.textContent = facts.election.title;
  }
  must("#facts").hidden = false;
}

/** What a reader has typed, pasted or scanned: a receipt's text, a link, or a code. */
function take(typed: string): boolean {
  const trimmed = typed.trim();
  if (trimmed.startsWith(HEADER)) {
    void check({ text: `${trimmed}\n`, form: "text" });
    return true;
  }
  const [link = "", compact = trimmed] = trimmed.split("#");
  const code = codeOf(link);
  if (compact.length >= LEAST_COMPACT) {
    void check(compactOf(compact, code));
    return true;
  }
  if (code === null) {
    return false;
  }
  location.assign(`/R/${code.replace(/-/g, "")}`);
  return true;
}

/** Give the code that a link ends with, or that stands alone, as receipts show it. */
function codeOf(link: string): string | null {
  const number = parseCrockford(link.slice(link.lastIndexOf("/") + 1), TRACKER_BITS);
  const hex = number?.toString(16).padStart(TRACKER_BITS / 4, "0");
  return hex === undefined ? null : grouped(toCrockford(parseHex(hex, TRACKER_BITS / 8), TRACKER_BITS));
}

function compactOf(text: string, code: string | null): Brought {
  return code === null ? { text, form: "compact" } : { text, form: "compact", code };
}

/** Take a field's text; a wrong one is told beside the field and stays in it. */
function takeField(event: Event): void {
  event.preventDefault();
  const field = must<HTMLInputElement>("#typed");
  const isTaken = take(field.value);
  must("#typed-problem").hidden = isTaken;
  field.setAttribute("aria-invalid", String(!isTaken));
  if (!isTaken) {
    field.focus();
  }
}

async function takeFile(file: File | undefined): Promise<void> {
  if (file === undefined) {
    return;
  }
  const isSmall = file.size <= LARGEST_FILE;
  await check({ text: isSmall ? await file.text() : "", form: "text" });
}

/** Check with a key that the reader has from elsewhere, such as from a printed announcement. */
function takeKey(event: Event): void {
  event.preventDefault();
  const field = must<HTMLInputElement>("#own-key");
  const problem = must("#own-key-problem");
  try {
    ownKey = field.value.trim() === "" ? null : parseVerifierKey(field.value.trim());
    problem.hidden = true;
  } catch (error) {
    if (!(error instanceof BallotError)) {
      throw error;
    }
    problem.hidden = false;
    return;
  }
  if (last !== null) {
    void check(last);
  }
}

/** Check what the address brings: the whole receipt behind a `#`, else what the server gave. */
function takeAddress(): void {
  const code = codeOf(location.pathname);
  if (location.hash.length > LEAST_COMPACT) {
    void check(compactOf(location.hash.slice(1), code));
  } else if (data.text !== null && data.code !== null) {
    void check({ text: data.text, form: "text", code: data.code });
  } else if (code !== null && data.asked === "") {
    showVerdict("unreachable");
  }
}

function listen(): void {
  must("#code-form").addEventListener("submit", takeField);
  must("#key-form").addEventListener("submit", takeKey);
  const chooser = must<HTMLInputElement>("#file");
  chooser.addEventListener("change", () => void takeFile(chooser.files?.[0]));
  const drop = must("#drop");
  drop.addEventListener("dragover", (event) => event.preventDefault());
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    void takeFile((event as DragEvent).dataTransfer?.files[0]);
  });
  addEventListener("hashchange", takeAddress);
}

speak(toLanguage(document.documentElement.lang));
for (const element of document.querySelectorAll<HTMLElement>("[data-script]")) {
  element.hidden = element.dataset["script"] !== "with";
}
listen();
offerCamera(take);
takeAddress();
void keepOffline();
