/** What a tablet knows and where a deputy stands on it, as plain values. */

import type { Manifest } from "../ballots/manifest.js";
import type { Answers, Hindrance, Lack } from "./answers.js";
import type { Language } from "../common/messages.js";

/** How the page is shown. */
export interface Reading {
  readonly language: Language;
  readonly size: "normal" | "large" | "largest";
  readonly isContrasting: boolean;
}

export type ElectionState = "prepared" | "open" | "closed" | "tallied" | "decided" | "annulled";

/** One election as the server tells of it; what is voted on comes from the log alone. */
export interface Announced {
  readonly id: string;
  readonly title: string;
  readonly state: ElectionState;
  readonly keys: string;
  readonly roll: string;
}

/** What the server says of the congress at this moment. */
export interface Hall {
  readonly congress: string;
  readonly sitting: string | null;
  readonly isRehearsal: boolean;
  readonly elections: readonly Announced[];
}

/** An election whose objects the tablet fetched and checked itself. */
export interface Paper {
  readonly election: string;
  readonly manifest: Manifest;
  readonly congress: string;
  readonly sitting: string;
  readonly origin: string;
  readonly vkey: string;
  readonly logSize: number;
}

/** What the candidate list says of a project, by the name of each part; for reading alone. */
export type Contents = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A ballot's id, and its first 80 bits as people are shown them. */
export interface Tracker {
  readonly id: string;
  readonly short: string;
}

/** A receipt that the tablet has checked. */
export interface Receipt {
  readonly tracker: Tracker;
  readonly election: string;
  readonly index: number;
  readonly text: string;
  readonly compact: string;
}

/** A sealed ballot that the tablet keeps; with a rule it was refused and is kept no longer. */
export interface Kept {
  readonly tracker: Tracker;
  readonly rule: string | null;
}

/** Why a card can't vote now. */
export type Told =
  | "unlisted"
  | "unissued"
  | "revoked"
  | "none"
  | "early"
  | "ended"
  | "annulled"
  | "offline"
  | "broken";

/** What the roll and the ballot box say of a card; `unknown` while the network is lost. */
export type Standing = "unlisted" | "unissued" | "revoked" | "good" | "unknown";

export type Entry = "none" | "scan" | "type";

export type Step =
  | {
      readonly at: "idle";
      readonly entry: Entry;
      readonly typed: string;
      readonly problem: "mistyped" | "camera" | null;
    }
  | { readonly at: "checking"; readonly entry: Entry; readonly code: string }
  | { readonly at: "told"; readonly what: Told; readonly rule: string | null }
  | {
      readonly at: "choosing";
      readonly answers: Answers;
      readonly hint: Hindrance | Lack | null;
    }
  | { readonly at: "reviewing"; readonly answers: Answers }
  | { readonly at: "sealing"; readonly answers: Answers }
  | { readonly at: "sealed"; readonly answers: Answers; readonly tracker: Tracker }
  | { readonly at: "explaining"; readonly answers: Answers; readonly tracker: Tracker }
  | {
      readonly at: "publishing";
      readonly answers: Answers;
      readonly tracker: Tracker;
      readonly isStuck: boolean;
    }
  | {
      readonly at: "tested";
      readonly answers: Answers;
      readonly tracker: Tracker;
      readonly index: number;
    }
  | {
      readonly at: "casting";
      readonly tracker: Tracker;
      readonly isWaiting: boolean;
      readonly isResumed: boolean;
    }
  | { readonly at: "refused"; readonly tracker: Tracker; readonly rule: string }
  | { readonly at: "forged"; readonly tracker: Tracker; readonly rule: string }
  | {
      readonly at: "receipt";
      readonly receipt: Receipt;
      readonly origin: "cast" | "resumed" | "earlier";
    };

export interface State {
  readonly reading: Reading;
  readonly usual: Reading;
  readonly hall: Hall | null;
  readonly isLinked: boolean;
  readonly paper: Paper | null;
  /** The rule that the current election broke when it was opened, `null` where none. */
  readonly fault: string | null;
  readonly contents: Contents;
  readonly step: Step;
  readonly kept: readonly Kept[];
  /** What stands before everything else: facts about the tablet, or whether to leave. */
  readonly asked: "about" | "leave" | null;
  /** Seconds until the tablet forgets the deputy, `null` where it waits. */
  readonly left: number | null;
}

export type Event =
  | { readonly do: "hall"; readonly hall: Hall }
  | { readonly do: "linked"; readonly isLinked: boolean }
  | { readonly do: "opened"; readonly paper: Paper }
  | { readonly do: "unopened"; readonly rule: string | null }
  | { readonly do: "contents"; readonly contents: Contents }
  | { readonly do: "kept"; readonly kept: readonly Kept[] }
  | { readonly do: "tick" }
  | { readonly do: "read"; readonly reading: Partial<Reading> }
  | { readonly do: "ask"; readonly about: "about" | "leave" }
  | { readonly do: "enter"; readonly entry: Entry }
  | { readonly do: "type"; readonly typed: string }
  | { readonly do: "cameraless" }
  | { readonly do: "check"; readonly code: string }
  | { readonly do: "mistyped" }
  | { readonly do: "standing"; readonly standing: Standing }
  | { readonly do: "found"; readonly receipt: Receipt }
  | { readonly do: "broken"; readonly rule: string }
  | { readonly do: "mark"; readonly question: string; readonly option: string }
  | { readonly do: "abstainRest" }
  | { readonly do: "review" }
  | { readonly do: "back" }
  | { readonly do: "seal" }
  | { readonly do: "sealed"; readonly tracker: Tracker }
  | { readonly do: "cast" }
  | { readonly do: "explain" }
  | { readonly do: "publish" }
  | { readonly do: "published"; readonly index: number }
  | { readonly do: "unpublished" }
  | { readonly do: "again" }
  | { readonly do: "resume"; readonly tracker: Tracker }
  | { readonly do: "unsent"; readonly tracker: Tracker }
  | { readonly do: "receipt"; readonly receipt: Receipt }
  | { readonly do: "refused"; readonly tracker: Tracker; readonly rule: string }
  | { readonly do: "forged"; readonly tracker: Tracker; readonly rule: string }
  | { readonly do: "stay" }
  | { readonly do: "done" };

/** What has to be done outside because of a step taken. */
export type Effect =
  | { readonly run: "check"; readonly code: string }
  | { readonly run: "seal"; readonly answers: Answers; readonly paper: Paper }
  | { readonly run: "cast"; readonly tracker: Tracker }
  | { readonly run: "publish" }
  | { readonly run: "forget" };
