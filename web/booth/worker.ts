/** Holds a card while its deputy votes: checks the election, seals ballots, checks receipts. */

import {
  type Paper as Layout,
  SEED_LENGTH,
  type Seed,
  makeBallot,
  makeChallenge,
  makePaper,
  makeSeed,
  shortTracker,
} from "../ballots/ballot.js";
import { type CardSecret, cardCredential, parseCardCode } from "../ballots/cards.js";
import { isSame, parseUtf8, room, sha256, toB64u, toHex } from "../ballots/encoding.js";
import { BallotError, Invalid } from "../ballots/errors.js";
import { BASE, PEDERSEN_H, prepare } from "../ballots/group.js";
import {
  checkCheckpoint,
  entryBytes,
  parseCheckpoint,
  parseEntryBundle,
  parseVerifierKey,
  tilePath,
  tilePaths,
} from "../ballots/log.js";
import type { Selection } from "../ballots/manifest.js";
import { leafHash, nodesOf, root } from "../ballots/merkle.js";
import {
  type Ballot,
  type ObjectOf,
  type ObjectType,
  type Stored,
  checkId,
  parseAs,
} from "../ballots/objects.js";
import { checkReceipt, parseReceipt, toCompact } from "../ballots/receipt.js";
import type { Calls, Card, ElectionFiles, LogFiles, Reply, Request, Sealed } from "./calls.js";
import type { Paper, Receipt, Tracker } from "./state.js";

/** A sealed ballot with all that opens it. */
interface Secret {
  readonly ballot: Stored<Ballot>;
  readonly selections: readonly Selection[];
  readonly seed: Seed;
}

let layout: Layout | null = null;
let roll: ReadonlySet<string> = new Set();
let card: CardSecret | null = null;
let sealed: Secret | null = null;

const calls: Calls = {
  bundlePaths(checkpoint: string): readonly string[] {
    return [...tilePaths(parseCheckpoint(checkpoint).size)]
      .filter(([level]) => level === null)
      .map((place) => tilePath(...place));
  },

  open(log: LogFiles, files: ElectionFiles): Paper {
    const { origin, size, entries } = checkLog(log);
    const election = parsed("election", files.election);
    const { value } = election;
    const keys = parsed("keys", files.keys);
    const listed = parsed("roll", files.roll);
    const session = parseAs("session", files.session);
    if (value.keys !== keys.id || value.roll !== listed.id || value.session !== session.id) {
      throw new Invalid("order.reference");
    }
    for (const stored of [election, keys, listed, session]) {
      if (!entries.has(text(entryBytes(stored.id, stored.value.type)))) {
        throw new Invalid("order.reference");
      }
    }
    layout = makePaper(election, keys.value);
    roll = new Set(listed.value.credentials);
    void prepareKeys(layout);
    return {
      election: election.id,
      manifest: value.manifest,
      congress: session.value.congress,
      sitting: session.value.name,
      origin,
      vkey: log.vkey,
      logSize: size,
    };
  },

  card(code: string): Card {
    card = parseCardCode(code);
    const credential = toB64u(cardCredential(card));
    return { credential, isListed: roll.has(credential) };
  },

  seal(selections: readonly Selection[]): Sealed {
    const [paper, secret] = [present(layout), present(card)];
    dropSeal();
    const seed = makeSeed(crypto.getRandomValues(room(SEED_LENGTH)));
    const ballot = makeBallot(paper, secret, selections, seed);
    sealed = { ballot, selections, seed };
    return { tracker: trackerOf(ballot.id), raw: ballot.raw };
  },

  challenge(): Uint8Array {
    const { ballot, selections, seed } = present(sealed);
    return makeChallenge(present(layout), ballot, selections, seed).raw;
  },

  receipt(vkey: string, raw: Uint8Array, receiptText: string): Receipt {
    return checkedReceipt(vkey, parseAs("ballot", raw), receiptText);
  },

  earlier(vkey: string, raw: Uint8Array, receiptText: string, credential: string): Receipt {
    const ballot = parseAs("ballot", raw);
    if (ballot.value.credential !== credential) {
      throw new Invalid("ballot.credential");
    }
    return checkedReceipt(vkey, ballot, receiptText);
  },

  tracker(id: string): Tracker {
    return trackerOf(id);
  },

  digest(data: Uint8Array): string {
    return toHex(sha256(data));
  },

  forget(): void {
    dropSeal();
    card?.fill(0);
    card = null;
  },
};

function present<T>(value: T | null): T {
  if (value === null) {
    throw new TypeError("a call came before the one it builds on");
  }
  return value;
}

function dropSeal(): void {
  sealed?.seed.fill(0);
  sealed = null;
}

function text(data: Uint8Array): string {
  return parseUtf8(data) ?? "";
}

function trackerOf(id: string): Tracker {
  return { id, short: shortTracker(id) };
}

function parsed<T extends ObjectType>(
  type: T,
  [id, raw]: readonly [string, Uint8Array],
): Stored<ObjectOf<T>> {
  checkId(raw, id);
  return parseAs(type, raw);
}

/** Check that the log's key signed exactly these entries. */
function checkLog({ vkey, checkpoint, bundles }: LogFiles): {
  readonly origin: string;
  readonly size: number;
  readonly entries: ReadonlySet<string>;
} {
  const key = parseVerifierKey(vkey);
  const signed = parseCheckpoint(checkpoint);
  checkCheckpoint(signed, key);
  const entries = bundles.flatMap(parseEntryBundle);
  const isWhole =
    entries.length === signed.size &&
    isSame(root(signed.size, nodesOf(entries.map(leafHash))), signed.root);
  if (!isWhole) {
    throw new Invalid("log.root");
  }
  return { origin: signed.origin, size: signed.size, entries: new Set(entries.map(text)) };
}

/** The ballot's bytes are ours, so a receipt for any other is found out here. */
function checkedReceipt(vkey: string, ballot: Stored<Ballot>, receiptText: string): Receipt {
  const key = parseVerifierKey(vkey);
  const receipt = parseReceipt(receiptText);
  if (checkReceipt(receipt, key) !== ballot.id) {
    throw new Invalid("receipt.entry");
  }
  return {
    tracker: trackerOf(ballot.id),
    election: ballot.value.election,
    index: receipt.index,
    text: receiptText,
    compact: toCompact(receipt, key),
  };
}

/** Build the tables of all keys point by point, so that calls get through in between. */
async function prepareKeys(paper: Layout): Promise<void> {
  for (const point of new Set([BASE, PEDERSEN_H, ...paper.keys])) {
    prepare(point);
    await new Promise((resume) => setTimeout(resume, 0));
    if (layout !== paper) {
      return;
    }
  }
}

function answered({ number, call, parameters }: Request): Reply {
  try {
    const run = calls[call] as (...parameters: readonly unknown[]) => unknown;
    return { number, value: run(...parameters) };
  } catch (error) {
    return { number, rule: error instanceof BallotError ? error.rule : "" };
  }
}

addEventListener("message", (event: MessageEvent<Request>) => {
  postMessage(answered(event.data));
});
