/** The page of a scrutineer's device: follows server and log, and does what its reader asks. */

import { type TrusteeSeed, parseTrusteeCode, trusteeCode } from "../ballots/cards.js";
import { Follower } from "../ballots/client.js";
import { BallotError } from "../ballots/errors.js";
import { parseVerifierKey } from "../ballots/log.js";
import { FetchReader } from "../ballots/record.js";
import { Scanner } from "../common/scan.js";
import { Refusal, Unreachable, call, getText, postJson } from "../common/api.js";
import { morph, must } from "../common/dom.js";
import { speak, t, toLanguage } from "../common/messages.js";
import { isOwnSheet, makeStep, makeTallyShare, nextStep } from "./device.js";
import type { State } from "./state.js";
import type { Told } from "./told.js";
import { type Frame, draw } from "./view.js";
import { Witness } from "./witness.js";

const TURN = 1500;
const LAST_GROUP = 4;
const SEED_LENGTH = 32;
const SIGNED_IN: RequestInit = { credentials: "same-origin" };

const root = must("#trustee");
const slug = root.dataset["slug"] ?? "";
const api = `/api/c/${slug}`;
const frame: Frame = {
  icons: root.dataset["icons"] ?? "",
  name: root.dataset["name"] ?? "",
  congress: root.dataset["congress"] ?? "",
  sitting: root.dataset["sitting"] ?? "",
  rules: JSON.parse(must("#rule-words").textContent ?? "{}") as Record<string, string>,
};

let seed: TrusteeSeed | null = null;
let scanner: Scanner | null = null;
let state: State = {
  told: { ceremony: null, votes: [] },
  watch: {
    size: 0,
    taken: 0,
    findings: [],
    elections: new Map(),
    cosigned: null,
    alarm: null,
    isLost: false,
  },
  fresh: null,
  asked: null,
  typed: "",
  problem: null,
  isBusy: false,
};

function change(changes: Partial<State>): void {
  state = { ...state, ...changes };
  morph(must("#trustee"), draw(state, frame));
}

function watched(changes: Partial<State["watch"]>): void {
  change({ watch: { ...state.watch, ...changes } });
}

function forget(): void {
  seed?.fill(0);
  seed = null;
}

function ask(address: string): Promise<Told> {
  return call(address, (answer) => answer.json() as Promise<Told>, {
    ...SIGNED_IN,
    cache: "no-store",
  });
}

const breath = (): Promise<void> => new Promise((resume) => setTimeout(resume, 0));

async function follow(follower: Follower, witness: Witness): Promise<void> {
  try {
    await follower.advance({ pause: breath });
  } catch (error) {
    if (!(error instanceof BallotError)) {
      throw error;
    }
    watched({ alarm: error.rule });
    return;
  }
  watched({
    size: follower.size,
    taken: follower.size,
    findings: [...follower.report.findings],
    elections: new Map(follower.replay.elections),
    isLost: false,
  });
  await cosignNewest(follower, witness);
}

async function cosignNewest(follower: Follower, witness: Witness): Promise<void> {
  const { checkpoint } = follower;
  const isNew = checkpoint !== null && checkpoint.size !== state.watch.cosigned;
  if (!isNew || follower.report.findings.length > 0) {
    return;
  }
  const line = witness.line(checkpoint, Date.now());
  const request = { method: "POST", body: line, headers: { "Content-Type": "text/plain" } };
  try {
    await call(`${api}/cosignatures?size=${checkpoint.size}`, (answer) => answer.json(), request);
  } catch (error) {
    // Another window of this device may have been faster.
    if (!(error instanceof Refusal && error.status === 409)) {
      throw error;
    }
  }
  watched({ cosigned: checkpoint.size });
}

/** Do the step of the ceremony that is due, where the key is at hand. */
async function goOn(follower: Follower): Promise<void> {
  const { ceremony } = state.told;
  if (ceremony === null) {
    return;
  }
  const step = nextStep(ceremony);
  if (step === "done" || ceremony.stage === "abandoned") {
    forget();
    return;
  }
  if (step === "wait" || !follower.replay.ceremonies.has(ceremony.id)) {
    return;
  }
  if (seed === null) {
    if (step !== "register" && state.asked === null) {
      change({ asked: { for: "ceremony" } });
    }
    return;
  }
  try {
    const made = makeStep(step, follower, ceremony, seed);
    await postJson(`${api}/trustee-objects`, made, SIGNED_IN);
  } catch (error) {
    if (!(error instanceof BallotError && error.rule === "ceremony.share")) {
      throw error;
    }
    const failure = { ceremony: ceremony.id, index: ceremony.index, sender: error.where };
    await postJson(`${api}/trustee-failures`, failure, SIGNED_IN);
  }
}

/** Another ceremony asks for another sheet; what was made for the one before is forgotten. */
function hear(told: Told): void {
  const isAnother = told.ceremony?.id !== state.told.ceremony?.id;
  if (isAnother && state.told.ceremony !== null) {
    forget();
    state.fresh?.fill(0);
    change({ told, fresh: null, asked: null, typed: "", problem: null });
    return;
  }
  change({ told });
}

async function turn(follower: Follower, witness: Witness): Promise<void> {
  try {
    hear(await ask(`/scrutineer/${slug}/state`));
    if (state.watch.alarm === null) {
      await follow(follower, witness);
      await goOn(follower);
    }
  } catch (error) {
    if (error instanceof Refusal) {
      change({ problem: error.message });
    } else {
      watched({ isLost: true });
    }
  }
}

/** Take a sheet's code, typed or scanned, and use it for what it was asked for. */
async function takeSheet(follower: Follower, text: string): Promise<void> {
  const { asked } = state;
  const { ceremony } = state.told;
  if (asked === null || ceremony === null) {
    return;
  }
  let given: TrusteeSeed;
  try {
    given = parseTrusteeCode(text);
  } catch {
    change({
      typed: text,
      problem: t(
        "This is not the code of a sheet. Look for a character that is missing or mistaken.",
      ),
    });
    return;
  }
  if (!isOwnSheet(follower, ceremony, given)) {
    change({
      typed: "",
      problem: t("This is the sheet of another ceremony or of another scrutineer."),
    });
    return;
  }
  scanner?.stop();
  if (asked.for === "ceremony") {
    seed = given;
    change({ asked: null, typed: "", problem: null });
    return;
  }
  await giveShare(follower, asked.tally, ceremony.index ?? 0, given);
}

async function giveShare(
  follower: Follower,
  tally: string,
  index: number,
  given: TrusteeSeed,
): Promise<void> {
  change({ isBusy: true, problem: null });
  await breath();
  try {
    const share = makeTallyShare(follower, tally, index, given);
    await postJson(`${api}/trustee-objects`, share, SIGNED_IN);
    change({ asked: null, typed: "" });
  } catch (error) {
    change({ problem: wordsOf(error) });
  } finally {
    given.fill(0);
    change({ isBusy: false });
  }
}

function wordsOf(error: unknown): string {
  if (error instanceof BallotError) {
    return frame.rules[error.rule] ?? error.rule;
  }
  if (error instanceof Refusal) {
    return error.message;
  }
  if (error instanceof Unreachable) {
    return t("The server can't be reached. Try again.");
  }
  throw error;
}

async function scan(follower: Follower): Promise<void> {
  const video = must<HTMLVideoElement>("#camera");
  video.hidden = false;
  scanner = new Scanner(video, (text) => void takeSheet(follower, text));
  try {
    await scanner.start();
  } catch {
    video.hidden = true;
    change({ problem: t("No camera can be used here. Type the code instead.") });
  }
}

function press(follower: Follower, doing: string, data: DOMStringMap): void {
  switch (doing) {
    case "make":
      change({ fresh: crypto.getRandomValues(new Uint8Array(SEED_LENGTH)) as TrusteeSeed });
      break;
    case "print":
      window.print();
      break;
    case "scan":
      void scan(follower);
      break;
    case "share":
      change({ asked: { for: "share", tally: data["tally"] ?? "" }, typed: "", problem: null });
      break;
  }
}

function keepSheet(typed: string): void {
  const { fresh } = state;
  if (fresh === null) {
    return;
  }
  const wanted = trusteeCode(fresh).slice(-LAST_GROUP);
  if (typed.trim().toUpperCase() !== wanted) {
    change({ typed, problem: t("These are not the last four characters of the code.") });
    return;
  }
  seed = fresh;
  change({ fresh: null, typed: "", problem: null });
}

async function main(): Promise<void> {
  speak(toLanguage(document.documentElement.lang));
  const key = parseVerifierKey((await getText(`/log/${slug}/log.vkey`)).trim());
  const reader = new FetchReader(`/log/${slug}/`, (address) =>
    fetch(address, { credentials: "omit", cache: "no-cache" }),
  );
  const follower = new Follower(reader, key);
  const witness = new Witness(`${key.name}/w${root.dataset["person"] ?? "0"}`, localStorage);
  document.addEventListener("click", ({ target }) => {
    const pressed = (target as Element).closest<HTMLElement>("[data-do]");
    if (pressed !== null) {
      press(follower, pressed.dataset["do"] ?? "", pressed.dataset);
    }
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (form.dataset["form"] === undefined) {
      return;
    }
    event.preventDefault();
    const typed = must<HTMLInputElement>("input", form).value;
    if (form.dataset["form"] === "keep") {
      keepSheet(typed);
    } else {
      void takeSheet(follower, typed);
    }
  });
  document.addEventListener("input", ({ target }) => {
    if ((target as Element).id === "typed-code") {
      state = { ...state, typed: (target as HTMLInputElement).value };
    }
  });
  await nameWitness(witness);
  for (;;) {
    await turn(follower, witness);
    await new Promise((resume) => setTimeout(resume, TURN));
  }
}

async function nameWitness(witness: Witness): Promise<void> {
  const body = new URLSearchParams({
    vkey: String(witness.key),
    csrf_token: root.dataset["csrf"] ?? "",
  });
  await call(`/scrutineer/${slug}/witness`, (answer) => answer.json(), {
    ...SIGNED_IN,
    method: "POST",
    body,
  });
}

void main();
