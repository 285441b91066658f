/** The verdicts of the TypeScript rooms on cases that another language made; see `verdicts.mjs`. */

import { checkBallot, checkChallenge, makeBallot, makePaper, makeSeed } from "../ballots/ballot.js";
import type { CardSecret } from "../ballots/cards.js";
import { parseCardCode, parseTrusteeCode } from "../ballots/cards.js";
import {
  parseB64,
  parseB64u,
  parseCrockford,
  parseHex,
  parseJson,
  toB64,
  toHex,
} from "../ballots/encoding.js";
import { BallotError } from "../ballots/errors.js";
import { parsePoint, parseScalar } from "../ballots/group.js";
import { checkSignature, parseKey } from "../ballots/keys.js";
import {
  checkCheckpoint,
  checkCosignature,
  parseCheckpoint,
  parseEntry,
  parseVerifierKey,
} from "../ballots/log.js";
import { type Selection, checkManifest, fillSlots, parseManifest } from "../ballots/manifest.js";
import { checkConsistency, checkInclusion } from "../ballots/merkle.js";
import { parseAs, parseObject } from "../ballots/objects.js";
import { Turnout, decide } from "../ballots/outcome.js";
import { checkReceipt, parseCompact, parseReceipt } from "../ballots/receipt.js";
import { FilesReader, type Reader, ZipReader } from "../ballots/record.js";
import { Replay } from "../ballots/replay.js";
import { checkRecord } from "../ballots/verify.js";

/** A case: its kind and what that kind takes. */
export type Case = Readonly<Record<string, unknown>> & { readonly kind: string };

/** What a case comes to. */
export type Verdict =
  { readonly ok: unknown } | { readonly rule: string; readonly where: number | string | null };

type Judge = (given: Given) => unknown;

/** The members of a case, taken as what the kind says they are. */
class Given {
  constructor(private readonly members: Case) {}

  text(name: string): string {
    return this.members[name] as string;
  }

  number(name: string): number {
    return this.members[name] as number;
  }

  list<T = string>(name: string): readonly T[] {
    return (this.members[name] ?? []) as readonly T[];
  }

  /** Bytes come as standard base64. */
  bytes(name: string): Uint8Array {
    return parseB64(this.text(name));
  }

  many(name: string): Uint8Array[] {
    return this.list(name).map((text) => parseB64(text));
  }

  json(name: string): unknown {
    return this.members[name];
  }

  has(name: string): boolean {
    return this.members[name] !== undefined;
  }

  paper() {
    const { value: keys } = parseAs("keys", this.bytes("keys"));
    return makePaper(parseAs("election", this.bytes("election")), keys);
  }

  reader(): Reader {
    if (this.has("zip")) {
      return new ZipReader(this.bytes("zip"));
    }
    const files = Object.entries(this.members["files"] as Record<string, string>);
    return new FilesReader(new Map(files.map(([path, data]) => [path, parseB64(data)])));
  }
}

function takeAll(objects: readonly Uint8Array[]): (string | null)[] {
  const replay = new Replay();
  return objects.map((raw) => {
    const verdict = verdictOf(() => replay.take(parseObject(raw)));
    return "rule" in verdict ? verdict.rule : null;
  });
}

async function record(given: Given): Promise<unknown> {
  const report = await checkRecord(given.reader(), parseVerifierKey(given.text("vkey")));
  const { findings, checked, elections, origin, size, root } = report;
  return { origin, size, root, findings, checked: Object.fromEntries(checked), elections };
}

function checkpoint(given: Given): unknown {
  const found = parseCheckpoint(given.text("text"));
  checkCheckpoint(found, parseVerifierKey(given.text("vkey")));
  if (given.has("witness")) {
    return checkCosignature(found, parseVerifierKey(given.text("witness")));
  }
  return { origin: found.origin, size: found.size, root: toHex(found.root) };
}

function compact(given: Given): unknown {
  const keys = given.list("vkeys").map(parseVerifierKey);
  const receipt = parseCompact(
    given.text("text"),
    keys,
    given.list("witnesses").map(parseVerifierKey),
  );
  const signer = keys.find((key) => key.name === receipt.checkpoint.origin);
  return [checkReceipt(receipt, signer!), String(receipt)];
}

function outcome(given: Given): unknown {
  const style = checkManifest(parseManifest(given.json("manifest")));
  const [deputies, present, issued, ballots] = given.list<number>("turnout");
  const turnout = new Turnout(deputies!, present!, issued!, ballots!);
  return decide(style, given.list<number>("counts"), turnout, given.text("result"));
}

function manifest(given: Given): unknown {
  const style = checkManifest(parseManifest(given.json("manifest")));
  const { options, slots, constraints, blocks } = style;
  return {
    options,
    slots,
    pivots: constraints.map(({ pivot }) => pivot),
    blocks: blocks.map(({ start, end }) => [start, end]),
    projects: [...style.projects],
  };
}

const JUDGES: Readonly<Record<string, Judge>> = {
  json: (given) => void parseJson(given.bytes("raw")),
  object: (given) => parseObject(given.bytes("raw")).id,
  b64u: (given) => toB64(parseB64u(given.text("text"))),
  b64: (given) => toB64(parseB64(given.text("text"))),
  hex: (given) => toB64(parseHex(given.text("text"))),
  crockford: (given) => String(parseCrockford(given.text("text"), given.number("bits"))),
  card: (given) => toB64(parseCardCode(given.text("text"))),
  trustee: (given) => toB64(parseTrusteeCode(given.text("text"))),
  point: (given) => toB64(parsePoint(given.bytes("raw")).bytes),
  scalar: (given) => String(parseScalar(given.bytes("raw"))),
  key: (given) => toB64(parseKey(given.bytes("raw"))),
  signature: (given) =>
    checkSignature(parseKey(given.bytes("key")), given.bytes("message"), given.bytes("signature")),
  manifest,
  selections: (given) =>
    fillSlots(checkManifest(parseManifest(given.json("manifest"))), given.list("selections")),
  "make-ballot": (given) => {
    const card = given.bytes("card") as CardSecret;
    const selections = given.list<Selection>("selections");
    return makeBallot(given.paper(), card, selections, makeSeed(given.bytes("seed"))).id;
  },
  ballot: (given) => checkBallot(given.paper(), parseObject(given.bytes("raw"))).id,
  challenge: (given) =>
    checkChallenge(given.paper(), parseAs("challenge", given.bytes("raw")).value),
  outcome,
  replay: (given) => takeAll(given.many("objects")),
  record,
  vkey: (given) => String(parseVerifierKey(given.text("text"))),
  checkpoint,
  entry: (given) => parseEntry(given.bytes("raw")),
  receipt: (given) =>
    checkReceipt(parseReceipt(given.text("text")), parseVerifierKey(given.text("vkey"))),
  compact,
  inclusion: (given) =>
    checkInclusion(given.bytes("leaf"), given.number("index"), given.number("size"), {
      path: given.many("path"),
      expected: given.bytes("root"),
    }),
  consistency: (given) =>
    checkConsistency(
      [given.number("smaller"), given.bytes("old")],
      [given.number("size"), given.bytes("root")],
      given.many("path"),
    ),
};

function refusal(error: unknown): Verdict {
  if (error instanceof BallotError) {
    return { rule: error.rule, where: error.where ?? null };
  }
  throw error;
}

function verdictOf(judge: () => unknown): Verdict {
  try {
    return { ok: judge() ?? null };
  } catch (error) {
    return refusal(error);
  }
}

/** Judge one case. Throws `RangeError` for a kind that is none. */
export async function judgeCase(given: Case): Promise<Verdict> {
  const judge = JUDGES[given.kind];
  if (judge === undefined) {
    throw new RangeError(`no such kind of case: ${given.kind}`);
  }
  try {
    return { ok: (await judge(new Given(given))) ?? null };
  } catch (error) {
    return refusal(error);
  }
}
