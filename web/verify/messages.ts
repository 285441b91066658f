/** What the page of a whole record and the worker that checks it say to each other. */

import type { Report } from "../ballots/verify.js";

/** The record's bytes and the key to check it with. */
export interface Task {
  readonly zip: ArrayBuffer;
  readonly vkey: string;
}

/** How far the checking has come. */
export interface Under {
  readonly kind: "progress";
  readonly done: number;
  readonly all: number;
}

/** A report as plain values, and the titles of what was voted on. */
export interface Done {
  readonly kind: "done";
  readonly isSound: boolean;
  readonly origin: string;
  readonly size: number;
  readonly root: string;
  readonly checked: readonly (readonly [kind: string, count: number])[];
  readonly findings: Report["findings"];
  readonly elections: readonly ElectionReport[];
}

/** What the record says of a vote, with titles for the ids of projects. */
export interface ElectionReport {
  readonly id: string;
  readonly title: string;
  readonly kind: string;
  readonly round: number;
  readonly stage: string;
  readonly ballots: number;
  readonly challenges: number;
  readonly counts: readonly CountRow[];
  readonly outcome: Report["elections"][number]["outcome"];
}

/**
 * One count with what it is of; `project` is the id under which an outcome names it, `option` what
 * was said to it where it was voted on apart.
 */
export interface CountRow {
  readonly project: string;
  readonly title: string;
  readonly option: string | null;
  readonly isAbstain: boolean;
  /** Whether it is of the whole list, not of one project. */
  readonly isWhole: boolean;
  /** Whether it is the count that the project's fate hangs on. */
  readonly isMain: boolean;
  readonly count: number;
}

/** The record could not be read at all. */
export interface Broken {
  readonly kind: "broken";
  readonly rule: string;
}

export type Answer = Under | Done | Broken;
