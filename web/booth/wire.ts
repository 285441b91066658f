/** Reads the server's JSON; what has another form than the interface says throws a `TypeError`. */

import type { Announced, Contents, ElectionState, Hall, Standing } from "./state.js";

const STATES: readonly string[] = ["prepared", "open", "closed", "tallied", "decided", "annulled"];

type Json = Readonly<Record<string, unknown>>;

/** Read the state of a congress. */
export function hallOf(value: unknown): Hall {
  const { congress, sitting, elections } = object(value);
  const place = sitting === null ? null : object(sitting);
  return {
    congress: string(congress),
    sitting: place === null ? null : string(place.name),
    isRehearsal: place?.rehearsal === true,
    elections: array(elections).map(announced),
  };
}

function announced(value: unknown): Announced {
  const { id, title, state, keys, roll } = object(value);
  if (!STATES.includes(string(state))) {
    throw new TypeError("an unknown state");
  }
  return {
    id: string(id),
    title: string(title),
    state: state as ElectionState,
    keys: string(keys),
    roll: string(roll),
  };
}

/** What the ballot box knows of a card: its ballot in this election, or whether it is good. */
export interface CardWord {
  readonly standing: Standing;
  readonly ballot: string | null;
}

/** Read the answer about a card. */
export function cardWordOf(value: unknown): CardWord {
  const { state, ballot } = object(value);
  const standings: Readonly<Record<string, Standing>> = {
    unlisted: "unlisted",
    listed: "unissued",
    issued: "good",
    revoked: "revoked",
  };
  const standing = standings[string(state)];
  if (standing === undefined) {
    throw new TypeError("an unknown state");
  }
  return { standing, ballot: ballot === null ? null : string(ballot) };
}

/** Read the receipt's text from the answer to a ballot, or to a tracker. */
export function receiptTextOf(value: unknown): string {
  return string(object(value).receipt);
}

/** Read the place in the log from the answer to a challenge. */
export function indexOf(value: unknown): number {
  const { index } = object(value);
  if (typeof index !== "number") {
    throw new TypeError("a number is needed");
  }
  return index;
}

/** Read what the candidate list says of each project. */
export function contentsOf(value: unknown): Contents {
  const projects = Object.entries(object(value)).map(([id, parts]) => {
    const texts = Object.entries(object(parts)).map(([name, text]) => [name, string(text)]);
    return [id, Object.fromEntries(texts)] as const;
  });
  return Object.fromEntries(projects) as Contents;
}

/** Read the session's id from an election's bytes, before they are checked. */
export function sessionOf(raw: Uint8Array): string {
  return string(parsed(raw).session);
}

/** Read the election's id from a ballot's bytes. */
export function electionOf(raw: Uint8Array): string {
  return string(parsed(raw).election);
}

/** Read the card's credential from a ballot's bytes. */
export function credentialOf(raw: Uint8Array): string {
  return string(parsed(raw).credential);
}

function parsed(raw: Uint8Array): Json {
  return object(JSON.parse(new TextDecoder().decode(raw)));
}

function object(value: unknown): Json {
  if (typeof value !== "object" || value === null) {
    throw new TypeError("an object is needed");
  }
  return value as Json;
}

function array(value: unknown): readonly unknown[] {
  if (!Array.isArray(value)) {
    throw new TypeError("a list is needed");
  }
  return value;
}

function string(value: unknown): string {
  if (typeof value !== "string") {
    throw new TypeError("a text is needed");
  }
  return value;
}
