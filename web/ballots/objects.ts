/** Protocol §2. The objects that everything public is made of: members, ids and signatures. */

import {
  canonical,
  frame,
  parseB64u,
  parseHex,
  parseJson,
  sha256,
  toB64u,
  toHex,
  type JsonObject,
} from "./encoding.js";
import { Invalid, Malformed } from "./errors.js";
import { type PublicKey, SIGNATURE_LENGTH, checkSignature, parseKey, sign } from "./keys.js";
import { manifestForm } from "./manifest.js";
import {
  type Form,
  type ObjectForm,
  type Of,
  count,
  flag,
  listOf,
  mapOf,
  matching,
  oneOf,
  pair,
  shape,
  text,
} from "./schema.js";

/** The lowercase hex SHA-256 of an object's bytes. */
export type ObjectId = string;

const TIME = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/;

function objectForm<T extends string, M extends Readonly<Record<string, Form<unknown>>>>(
  type: T,
  members: M,
) {
  return shape({ type: oneOf(type), ...members });
}

const ballotForm = objectForm("ballot", {
  election: text,
  credential: text,
  ciphertext: text,
  commitment: text,
  proof: text,
  signature: text,
});
const decisionForm = objectForm("outcome", {
  result: text,
  valid: flag,
  quorum: count,
  required: count,
  elected: listOf(text),
  tied: listOf(text),
  not_elected: listOf(text),
  open_seats: count,
});
const ratingForm = objectForm("outcome", {
  result: text,
  valid: flag,
  quorum: count,
  grades: mapOf(text),
});
const eitherOutcome = (value: unknown): value is DecisionOutcome | RatingOutcome =>
  decisionForm(value) || ratingForm(value);
const outcomeForm = Object.assign(eitherOutcome, { names: ["type", "result"] });

/** The form of each type's objects, in the order of the page's table. */
export const FORMS = {
  session: objectForm("session", { congress: text, name: text, deputies: count }),
  ceremony: objectForm("ceremony", {
    session: text,
    trustees: count,
    threshold: count,
    width: count,
  }),
  trustee: objectForm("trustee", {
    ceremony: text,
    index: count,
    name: text,
    sign: text,
    dh: text,
    commit: text,
    signature: text,
  }),
  "trustee-commitment": objectForm("trustee-commitment", {
    ceremony: text,
    index: count,
    coefficients: text,
    proof: text,
    shares: listOf(text),
    signature: text,
  }),
  "trustee-confirmation": objectForm("trustee-confirmation", {
    ceremony: text,
    index: count,
    transcript: text,
    signature: text,
  }),
  keys: objectForm("keys", { ceremony: text, joint: text, verification: listOf(text) }),
  roll: objectForm("roll", { session: text, credentials: listOf(text) }),
  issue: objectForm("issue", { roll: text, credentials: listOf(text) }),
  revoke: objectForm("revoke", { roll: text, credentials: listOf(text), reason: text }),
  election: objectForm("election", {
    session: text,
    keys: text,
    roll: text,
    manifest: manifestForm,
  }),
  open: objectForm("open", { election: text, present: count, time: text }),
  ballot: ballotForm,
  challenge: objectForm("challenge", {
    election: text,
    ballot: ballotForm,
    selections: listOf(pair),
    seed: text,
  }),
  close: objectForm("close", {
    election: text,
    present: count,
    issued: count,
    ballots: count,
    time: text,
  }),
  tally: objectForm("tally", { election: text, ballots: count, ciphertext: text }),
  decryption: objectForm("decryption", {
    tally: text,
    index: count,
    shares: text,
    proof: text,
    signature: text,
  }),
  result: objectForm("result", { tally: text, trustees: listOf(count), counts: listOf(count) }),
  outcome: outcomeForm,
  annul: objectForm("annul", { election: text, reason: text, time: text }),
  milestone: objectForm("milestone", {
    project: matching(/^[a-z0-9-]{1,32}$/),
    number: count,
    previous: text,
    stage: oneOf(
      "adopted",
      "decided",
      "planned",
      "reported",
      "visited",
      "problem",
      "answered",
      "closed",
      "adjusted",
      "accepted",
      "rated",
      "rectified",
      "archived",
    ),
    content: text,
    outcome: text,
    time: text,
  }),
} as const;

/** The types of objects that the page names. */
export type ObjectType = keyof typeof FORMS;
/** The objects of one type. */
export type ObjectOf<T extends ObjectType> = Of<(typeof FORMS)[T]>;
/** An object of any type. */
export type AnyObject = { [T in ObjectType]: ObjectOf<T> }[ObjectType];

/** A sitting of a congress of so many deputies (N). */
export type Session = ObjectOf<"session">;
/** The beginning of a key ceremony of `trustees` of whom `threshold` can decrypt (§3). */
export type Ceremony = ObjectOf<"ceremony">;
/** A trustee's registration (§3.1). */
export type Trustee = ObjectOf<"trustee">;
/** A trustee's coefficients, their proof and the sealed shares (§3.2). */
export type TrusteeCommitment = ObjectOf<"trustee-commitment">;
/** A trustee's word that every share opened and holds (§3.3). */
export type TrusteeConfirmation = ObjectOf<"trustee-confirmation">;
/** The joint keys and every trustee's verification keys (§3.4). */
export type Keys = ObjectOf<"keys">;
/** The credentials of all printed cards (§4). */
export type Roll = ObjectOf<"roll">;
/** Cards that are good from here (§4). */
export type Issue = ObjectOf<"issue">;
/** Cards that are no longer good, and why (§4). */
export type Revoke = ObjectOf<"revoke">;
/** One question, or list of questions, put to the vote (§5). */
export type Election = ObjectOf<"election">;
/** The opening of an election, with those present. */
export type Open = ObjectOf<"open">;
/** One sealed ballot (§6). */
export type Ballot = Of<typeof ballotForm>;
/** A ballot that was opened instead of cast (§7). */
export type Challenge = ObjectOf<"challenge">;
/** The closing of an election, with those present, cards issued and ballots accepted. */
export type Close = ObjectOf<"close">;
/** The sum of the accepted ballots (§8). */
export type Tally = ObjectOf<"tally">;
/** A trustee's share of the decryption of a tally (§8). */
export type Decryption = ObjectOf<"decryption">;
/** The counts of all option slots, from the shares of the named trustees (§8). */
export type Result = ObjectOf<"result">;
/** What a decision or advisory vote comes to (§9). */
export type DecisionOutcome = Of<typeof decisionForm>;
/** What a rating comes to (§9). */
export type RatingOutcome = Of<typeof ratingForm>;
/** The end of an election without a result. */
export type Annul = ObjectOf<"annul">;
/** One step on a project's way, and the hash of what is said of it (§16). */
export type Milestone = ObjectOf<"milestone">;
/** How far a milestone says that its project has come. */
export type Stage = Milestone["stage"];

/** The objects that carry a signature. */
export type Signed = Trustee | TrusteeCommitment | TrusteeConfirmation | Ballot | Decryption;

function checkTime(value: string): void {
  const [, year, month, day, hour, minute, second] = (TIME.exec(value) ?? []).map(Number);
  const isDate = day! >= 1 && day! <= daysOf(year!, month!) && year! >= 1;
  if (!isDate || !(hour! < 24 && minute! < 60 && second! < 60)) {
    throw new Malformed("encoding.time");
  }
}

/** A month that is none has no days. */
function daysOf(year: number, month: number): number {
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return days[month - 1] ?? 0;
}

function checkKey(value: string): void {
  parseKey(parseB64u(value));
}

type Check = (value: string) => unknown;
const hex: Check = (value) => parseHex(value);
const base64: Check = (value) => parseB64u(value);

const ENCODINGS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ...["session", "ceremony", "keys", "roll", "election", "tally"].map((n) => [n, hex] as const),
  ...["result", "commit", "transcript", "content"].map((n) => [n, hex] as const),
  ...["sign", "credential", "credentials"].map((n) => [n, checkKey] as const),
  ...["dh", "coefficients", "joint", "verification"].map((n) => [n, base64] as const),
  ...["ciphertext", "commitment", "proof", "shares", "seed"].map((n) => [n, base64] as const),
  ["signature", (value) => parseB64u(value, SIGNATURE_LENGTH)],
  ["time", checkTime],
]);

/** An object with the bytes it is served as and their id. */
export interface Stored<T extends AnyObject = AnyObject> {
  readonly id: ObjectId;
  readonly raw: Uint8Array;
  readonly value: T;
}

/** Write an object in its canonical form. */
export function objectBytes(value: AnyObject): Uint8Array {
  return canonical(value);
}

/** Give the id of an object's bytes. */
export function objectId(raw: Uint8Array): ObjectId {
  return toHex(sha256(raw));
}

/** Put an object beside its bytes and its id. */
export function store<T extends AnyObject>(value: T): Stored<T> {
  const raw = objectBytes(value);
  return { id: objectId(raw), raw, value };
}

/**
 * Read an object of any type: form, members and their encodings.
 *
 * Throws `Malformed` with `encoding.*`, `object.type`, `object.schema` or `object.key`. Points,
 * lengths and what the object claims are checked where its paragraph is.
 */
export function parseObject(raw: Uint8Array): Stored {
  const tree = parseJson(raw);
  const { type } = tree;
  if (typeof type !== "string" || !isType(type)) {
    throw new Malformed("object.type");
  }
  const form: ObjectForm<AnyObject> = FORMS[type];
  if (!form(tree)) {
    throw new Malformed("object.schema");
  }
  checkEncodings(tree, form.names);
  return { id: objectId(raw), raw, value: tree };
}

/** Read an object of one type. Throws as `parseObject`, and `Malformed("object.type")`. */
export function parseAs<T extends ObjectType>(type: T, raw: Uint8Array): Stored<ObjectOf<T>> {
  const stored = parseObject(raw);
  if (stored.value.type !== type) {
    throw new Malformed("object.type");
  }
  return stored as Stored<ObjectOf<T>>;
}

function isType(type: string): type is ObjectType {
  return Object.prototype.hasOwnProperty.call(FORMS, type);
}

function checkEncodings(value: object, names: readonly string[]): void {
  for (const name of names) {
    const content = (value as JsonObject)[name];
    if (ballotForm(content)) {
      checkEncodings(content, ballotForm.names);
    }
    const check = ENCODINGS.get(name);
    for (const item of check === undefined ? [] : [content].flat()) {
      check!(item as string);
    }
  }
}

/** Give the bytes that an object's signature is over. */
export function signedBytes(value: Signed): Uint8Array {
  const { signature: _, ...rest } = value;
  return frame("signature", canonical(rest));
}

/** Give the object with its signature under a 32-byte seed. */
export function signObject<T extends Signed>(value: T, seed: Uint8Array): T {
  return { ...value, signature: toB64u(sign(seed, signedBytes(value))) };
}

/** Check an object's signature. Throws `Invalid("object.signature")`. */
export function checkObjectSignature(value: Signed, key: PublicKey): void {
  checkSignature(key, signedBytes(value), parseB64u(value.signature, SIGNATURE_LENGTH));
}

/** Check that bytes have the id they are served under. Throws `Invalid("object.id")`. */
export function checkId(raw: Uint8Array, expected: ObjectId): void {
  if (objectId(raw) !== expected) {
    throw new Invalid("object.id");
  }
}
