/** Every vector file, byte for byte. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import {
  checkBallot,
  checkChallenge,
  makeBallot,
  makeChallenge,
  makePaper,
  makeSeed,
  shortTracker,
} from "../ballots/ballot.js";
import {
  type CardSecret,
  type TrusteeSeed,
  cardCode,
  cardCredential,
  cardQr,
  parseCardCode,
  parseTrusteeCode,
  trusteeCode,
  trusteeQr,
} from "../ballots/cards.js";
import { frame, toB64u, toHex } from "../ballots/encoding.js";
import { BallotError, Malformed } from "../ballots/errors.js";
import {
  PEDERSEN_H,
  hashToScalar,
  parsePoint,
  parseScalar,
  scalarBytes,
  slackKey,
} from "../ballots/group.js";
import { checkManifest, parseManifest, slackCoefficients } from "../ballots/manifest.js";
import { type AnyObject, objectBytes, parseAs, parseObject, store } from "../ballots/objects.js";
import { Turnout, decide } from "../ballots/outcome.js";
import { addBallots, checkShare, checkTally, combine, makeShare } from "../ballots/tally.js";
import {
  checkCeremony,
  checkCommitment,
  checkConfirmation,
  checkKeys,
  checkRegistration,
  commit,
  confirm,
  makeKeys,
  register,
  trusteeSecrets,
} from "../ballots/trustees.js";
import type { BallotVector, CeremonyVector, StyleVector, TallyVector } from "./vectors.js";
import { bytes, vector } from "./vectors.js";

interface Hashing {
  readonly frame: readonly { tag: string; parts: string[]; bytes: string }[];
  readonly scalar: readonly { tag: string; parts: string[]; scalar: string }[];
  readonly pedersen_h: string;
  readonly slack_keys: readonly string[];
  readonly ids: readonly { object: AnyObject; id: string; short: string }[];
  readonly bad_scalars: readonly string[];
  readonly bad_points: readonly string[];
}

describe("hashing.json", () => {
  const vectors = vector<Hashing>("hashing.json");

  test("frames and scalars", () => {
    for (const { tag, parts, bytes: expected } of vectors.frame) {
      assert.equal(toHex(frame(tag, ...parts.map(bytes))), expected);
    }
    for (const { tag, parts, scalar } of vectors.scalar) {
      assert.equal(toHex(scalarBytes(hashToScalar(tag, ...parts.map(bytes)))), scalar);
    }
  });

  test("points of which nobody knows the logarithm", () => {
    assert.equal(toHex(PEDERSEN_H.bytes), vectors.pedersen_h);
    assert.deepEqual(
      vectors.slack_keys.map((_, j) => toHex(slackKey(j).bytes)),
      vectors.slack_keys,
    );
  });

  test("ids of objects", () => {
    for (const { object, id, short } of vectors.ids) {
      assert.equal(store(object).id, id);
      assert.equal(parseObject(objectBytes(object)).id, id);
      assert.equal(shortTracker(id), short);
    }
  });

  test("scalars and points that are none", () => {
    for (const bad of vectors.bad_scalars) {
      assert.throws(() => parseScalar(bytes(bad)), new Malformed("group.scalar"));
    }
    for (const bad of vectors.bad_points) {
      assert.throws(() => parsePoint(bytes(bad)), new Malformed("group.point"));
    }
  });
});

interface Codes {
  readonly cards: readonly { secret: string; credential: string; code: string; qr: string }[];
  readonly trustees: readonly { seed: string; code: string; qr: string }[];
}

describe("codes.json", () => {
  const vectors = vector<Codes>("codes.json");

  test("cards", () => {
    for (const card of vectors.cards) {
      const secret = bytes(card.secret) as CardSecret;
      assert.equal(toB64u(cardCredential(secret)), card.credential);
      assert.equal(cardCode(secret), card.code);
      assert.equal(cardQr(secret), card.qr);
      assert.deepEqual(parseCardCode(card.code), secret);
      assert.deepEqual(parseCardCode(card.qr), secret);
    }
  });

  test("trustees' sheets", () => {
    for (const sheet of vectors.trustees) {
      const seed = bytes(sheet.seed) as TrusteeSeed;
      assert.equal(trusteeCode(seed), sheet.code);
      assert.equal(trusteeQr(seed), sheet.qr);
      assert.deepEqual(parseTrusteeCode(sheet.code), seed);
      assert.deepEqual(parseTrusteeCode(sheet.qr), seed);
    }
  });
});

const RULES: { readonly [why: string]: string } = {
  "min over max": "manifest.bounds",
  "no options": "manifest.empty",
  "reserved id": "manifest.reserved",
  "repeated id": "manifest.repeated",
  "max above what the options allow": "manifest.bounds",
  "limit names no option": "manifest.unknown",
  "a pivot stands in an earlier constraint": "manifest.pivot",
};

describe("styles.json", () => {
  const vectors = vector<StyleVector>("styles.json");

  test("slots, blocks and constraints", () => {
    for (const expected of vectors.valid) {
      const style = checkManifest(parseManifest(expected.manifest));
      assert.deepEqual(style.optionSlots, expected.slots);
      assert.equal(style.slots, expected.total_slots);
      const blocks = style.blocks.map(({ start, end }) =>
        Array.from({ length: end - start }, (_, i) => start + i),
      );
      assert.deepEqual(blocks, expected.blocks);
      const constraints = style.constraints.map(({ members, slack, maximum, pivot }) => ({
        members,
        slack,
        max: maximum,
        pivot,
      }));
      assert.deepEqual(constraints, expected.constraints);
    }
  });

  for (const { why, manifest } of vectors.invalid) {
    test(`a manifest is refused: ${why}`, () => {
      const check = (): unknown => checkManifest(parseManifest(manifest));
      assert.throws(check, (error) => error instanceof BallotError && error.rule === RULES[why]);
    });
  }

  test("coefficients of slack", () => {
    for (const [span, expected] of Object.entries(vectors.slack)) {
      assert.deepEqual(slackCoefficients(Number(span)), expected);
    }
  });
});

const ceremony = vector<CeremonyVector>("ceremony.json");

describe("ceremony.json", () => {
  const circle = checkCeremony(store(ceremony.ceremony));
  const seeds = ceremony.seeds.map((seed) => bytes(seed) as TrusteeSeed);
  const registered = ceremony.trustees.map((trustee) => checkRegistration(circle, trustee, []));
  const commitments = ceremony.commitments.map((commitment, i) =>
    checkCommitment(circle, registered[i]!, store(commitment)),
  );

  test("registrations", () => {
    assert.equal(circle.id, ceremony.id);
    seeds.forEach((seed, i) => {
      const { name } = ceremony.trustees[i]!;
      assert.deepEqual(register(circle, seed, i + 1, name), ceremony.trustees[i]);
    });
  });

  test("commitments", () => {
    seeds.forEach((seed, i) => {
      assert.deepEqual(commit(circle, seed, i + 1, registered), ceremony.commitments[i]);
    });
  });

  test("confirmations", () => {
    seeds.forEach((seed, i) => {
      const confirmation = confirm(circle, seed, i + 1, { registered, commitments });
      assert.deepEqual(confirmation, ceremony.confirmations[i]);
      checkConfirmation(confirmation, registered[i]!, commitments);
    });
  });

  test("keys and secrets", () => {
    assert.deepEqual(makeKeys(circle, commitments), ceremony.keys);
    checkKeys(circle, ceremony.keys, commitments);
    seeds.forEach((seed, i) => {
      const secrets = trusteeSecrets(circle, seed, i + 1, { registered, commitments });
      assert.equal(toHex(scalarBytes(...secrets)), ceremony.secrets[i]);
    });
  });
});

describe("ballots.json", () => {
  for (const expected of vector<BallotVector[]>("ballots.json")) {
    test(expected.short, () => {
      const paper = makePaper(store(expected.election), ceremony.keys);
      const seed = makeSeed(bytes(expected.seed));
      const ballot = makeBallot(
        paper,
        bytes(expected.card) as CardSecret,
        expected.selections,
        seed,
      );
      assert.deepEqual(ballot.value, expected.ballot);
      assert.equal(ballot.id, expected.id);
      assert.equal(shortTracker(ballot.id), expected.short);
      assert.equal(checkBallot(paper, ballot).id, expected.id);
      const challenge = makeChallenge(paper, ballot, expected.selections, seed);
      assert.equal(checkChallenge(paper, challenge.value), expected.id);
    });
  }
});

describe("tallies.json", () => {
  const vectors = vector<TallyVector>("tallies.json");
  const circle = checkCeremony(store(ceremony.ceremony));
  const registered = ceremony.trustees.map((trustee) => checkRegistration(circle, trustee, []));
  const trustees = new Map(registered.map((trustee) => [trustee.value.index, trustee]));
  const commitments = ceremony.commitments.map((commitment, i) =>
    checkCommitment(circle, registered[i]!, store(commitment)),
  );

  for (const expected of vectors.elections) {
    test(`${expected.election.manifest.kind}, ${expected.counts.length} options`, () => {
      const paper = makePaper(store(expected.election), ceremony.keys);
      const ballots = expected.ballots.map((id) => checkBallot(paper, store(vectors.ballots[id]!)));
      const tally = addBallots(paper, ballots);
      assert.deepEqual(tally, expected.tally);
      const count = checkTally(paper, store(tally), tally);

      const shares = expected.decryptions.map((share) => {
        const seed = bytes(ceremony.seeds[share.index - 1]!) as TrusteeSeed;
        const { index } = share;
        const secrets = trusteeSecrets(circle, seed, index, { registered, commitments });
        const made = makeShare(count, ceremony.keys, { circle, seed, index, secrets });
        assert.deepEqual(made, share);
        return checkShare(count, ceremony.keys, trustees, share);
      });
      const { counts } = combine(count, circle.threshold, shares);
      assert.deepEqual(counts, expected.counts);
      parseAs("tally", objectBytes(tally));
    });
  }
});

interface OutcomeVector {
  readonly name: string;
  readonly manifest: unknown;
  readonly counts: readonly number[];
  readonly N: number;
  readonly P: number;
  readonly issued: number;
  readonly ballots: number;
  readonly outcome: object;
}

describe("outcomes.json", () => {
  for (const expected of vector<OutcomeVector[]>("outcomes.json")) {
    test(expected.name, () => {
      const { N, P, issued, ballots, counts } = expected;
      const style = checkManifest(parseManifest(expected.manifest));
      const outcome = decide(style, counts, new Turnout(N, P, issued, ballots), "");
      assert.deepEqual(outcome, { type: "outcome", result: "", ...expected.outcome });
    });
  }
});
