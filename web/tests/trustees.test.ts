/** The ceremony against trustees and coordinators who cheat. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { TrusteeSeed } from "../ballots/cards.js";
import { h512, parseB64u, parseHex, toB64u, toHex, u32 } from "../ballots/encoding.js";
import {
  BASE,
  add,
  hashToScalar,
  multiplyBase,
  parsePoints,
  parseScalars,
  pointBytes,
  scalarBytes,
  subtract,
} from "../ballots/group.js";
import { parseKey } from "../ballots/keys.js";
import { type Ceremony, type Trustee, type TrusteeCommitment, store } from "../ballots/objects.js";
import { makePossessionProof } from "../ballots/proofs.js";
import {
  type Committed,
  checkCeremony,
  checkCommitment,
  checkConfirmation,
  checkKeys,
  checkRegistration,
  commit,
  confirm,
  makeKeys,
  openShare,
  register,
  transcript,
  trusteeSecrets,
} from "../ballots/trustees.js";
import { ceremony, circle, commitments, registered, resigned, seeds } from "./circle.js";
import { ruleOf, secret } from "./congress.js";

const [first, second] = ceremony.trustees as [Trustee, Trustee];

describe("ceremonies", () => {
  test("have 1 to 9 trustees, 1 to all of whom decrypt, and 32 slots", () => {
    const check = (changes: Partial<Ceremony>): string | null =>
      ruleOf(() => checkCeremony(store({ ...ceremony.ceremony, ...changes })));
    assert.equal(check({}), null);
    assert.equal(check({ trustees: 9, threshold: 9 }), null);
    for (const bad of [
      { trustees: 0 },
      { trustees: 10 },
      { threshold: 0 },
      { threshold: 4 },
      { width: 31 },
    ]) {
      assert.equal(check(bad), "ceremony.shape");
    }
  });
});

describe("registrations", () => {
  const check = (trustee: Trustee, others = [registered[1]!]): string | null =>
    ruleOf(() => checkRegistration(circle, trustee, others));

  test("A20: index 0, beyond the last, or taken", () => {
    assert.equal(check(first), null);
    assert.equal(check(resigned(first, { index: 1 })), null);
    for (const index of [0, 4, 2 ** 32]) {
      assert.equal(check({ ...first, index }), "ceremony.index");
    }
    assert.equal(check(first, [registered[0]!]), "ceremony.index");
  });

  test("one sign or one dh twice", () => {
    assert.equal(check({ ...first, sign: second.sign }), "ceremony.key");
    assert.equal(check({ ...first, dh: second.dh }), "ceremony.key");
  });

  test("a dh that is no point, or the identity", () => {
    assert.equal(check({ ...first, dh: toB64u(new Uint8Array(32).fill(255)) }), "group.point");
    assert.equal(check(resigned(first, { dh: toB64u(new Uint8Array(32)) })), "ceremony.identity");
  });

  test("without a signature of its own key", () => {
    assert.equal(check({ ...first, name: "other" }), "object.signature");
    assert.equal(check({ ...first, ceremony: "00".repeat(32) }), "object.signature");
  });
});

describe("commitments", () => {
  const [value] = ceremony.commitments as [TrusteeCommitment];
  const check = (changes: Partial<TrusteeCommitment>, trustee = registered[0]!): string | null =>
    ruleOf(() => checkCommitment(circle, trustee, store(resigned(value, changes))));
  const points = parsePoints(parseB64u(value.coefficients));

  /** A registration that commits to other coefficients. */
  const boundTo = (coefficients: Uint8Array) => {
    const hash = h512("trustee-coefficients", parseHex(circle.id), u32(1), coefficients);
    return checkRegistration(circle, resigned(first, { commit: toHex(hash.slice(0, 32)) }), []);
  };

  test("A18: coefficients that are not those bound at registration", () => {
    const moved = pointBytes(...points.map((F, i) => (i === 0 ? add(F, BASE) : F)));
    assert.equal(check({ coefficients: toB64u(moved) }), "ceremony.commit");
  });

  test("A17: a key that cancels the others' has no proof of possession", () => {
    const others = commitments.slice(1).map(({ coefficients }) => coefficients.flat());
    const target = multiplyBase(hashToScalar("test-target"));
    const rogue = points.map((F, i) =>
      i % 2 === 0 ? others.reduce((Z, list) => subtract(Z, list[i]!), target) : F,
    );
    const coefficients = pointBytes(...rogue);
    const guesses = rogue.map((_, i) => hashToScalar("test-guess", u32(i)));
    const statement = [parseHex(circle.id), u32(1), coefficients];
    const proof = toB64u(makePossessionProof(statement, guesses, guesses));
    const changes = { coefficients: toB64u(coefficients), proof };
    assert.equal(check(changes, boundTo(coefficients)), "ceremony.proof");
  });

  test("A19: polynomials of a higher degree", () => {
    const more = pointBytes(...points, ...points.slice(0, 32));
    assert.equal(check({ coefficients: toB64u(more) }, boundTo(more)), "ceremony.length");
    assert.equal(check({ coefficients: toB64u(more.slice(64 * 32)) }), "ceremony.length");
  });

  test("a coefficient that is the identity", () => {
    const none = pointBytes(...points.map((F, i) => (i === 5 ? subtract(F, F) : F)));
    assert.equal(check({ coefficients: toB64u(none) }, boundTo(none)), "ceremony.identity");
  });

  test("coefficients that are no points", () => {
    const data = parseB64u(value.coefficients).map((byte, i) => (i < 32 ? 255 : byte));
    assert.equal(check({ coefficients: toB64u(data) }), "group.point");
  });

  test("A15: every scalar of the proof plus one", () => {
    const scalars = parseScalars(parseB64u(value.proof));
    for (const at of [0, 1, 2, 33, 64]) {
      const moved = scalars.map((scalar, i) => (i === at ? scalar + 1n : scalar));
      assert.equal(check({ proof: toB64u(scalarBytes(...moved)) }), "ceremony.proof", `${at}`);
    }
    assert.equal(check({ proof: toB64u(parseB64u(value.proof).slice(32)) }), "ceremony.length");
    const beyond = parseB64u(value.proof).map((byte, i) => (i < 32 ? 255 : byte));
    assert.equal(check({ proof: toB64u(beyond) }), "group.scalar");
  });

  test("shares of another number, length or place", () => {
    const [none, ...others] = value.shares as [string, string, string];
    for (const shares of [
      others,
      [none, ...others, ""],
      [none, ...others, others[0]!],
      [none, others[0]!],
      [...others, none],
      [none, "AAAA", others[1]!],
      [none, none, others[1]!],
    ]) {
      assert.equal(check({ shares }), "ceremony.length");
    }
  });

  test("under another's signature, or of another trustee", () => {
    const stored = store({ ...value, signature: ceremony.commitments[1]!.signature });
    assert.equal(
      ruleOf(() => checkCommitment(circle, registered[0]!, stored)),
      "object.signature",
    );
    const message = { name: "TypeError", message: "this trustee's commitment is needed" };
    assert.throws(() => checkCommitment(circle, registered[1]!, stored), message);
  });
});

describe("shares of a trustee's secret", () => {
  const open = (share: string): string | null => {
    const commitment = { ...commitments[1]!, shares: [share, "", ""] };
    return ruleOf(() => openShare(circle, seeds[0]!, 1, { sender: registered[1]!, commitment }));
  };

  test("that do not open, or were not made for this trustee", () => {
    const share = commitments[1]!.shares[0]!;
    assert.equal(open(share), null);
    assert.equal(open(commitments[1]!.shares[2]!), "ceremony.share");
    assert.equal(
      open(toB64u(parseB64u(share).map((byte, i) => (i === 0 ? byte ^ 1 : byte)))),
      "ceremony.share",
    );
    assert.equal(open(toB64u(new Uint8Array(1040))), "ceremony.share");
    const commitment = { ...commitments[1]!, shares: ["", "", ""] };
    const check = () => openShare(circle, seeds[0]!, 1, { sender: registered[1]!, commitment });
    assert.throws(check, { rule: "ceremony.share", where: 2 });
  });

  test("that open but do not match the coefficients name their sender", () => {
    const commitment = { ...commitments[1]!, coefficients: commitments[2]!.coefficients };
    const check = (): unknown =>
      openShare(circle, seeds[0]!, 1, { sender: registered[1]!, commitment });
    assert.throws(check, { rule: "ceremony.share", where: 2 });
    const published = { registered, commitments: [commitments[0]!, commitment, commitments[2]!] };
    assert.equal(
      ruleOf(() => confirm(circle, seeds[0]!, 1, published)),
      "ceremony.share",
    );
    assert.equal(
      ruleOf(() => trusteeSecrets(circle, seeds[0]!, 1, published)),
      "ceremony.share",
    );
  });

  test("that match all coefficients but those of one slot", () => {
    const { coefficients } = commitments[1]!;
    const changed = coefficients.map((row, s) => (s === 7 ? coefficients[8]! : row));
    const commitment = { ...commitments[1]!, coefficients: changed };
    const check = (): unknown =>
      openShare(circle, seeds[0]!, 1, { sender: registered[1]!, commitment });
    assert.throws(check, { rule: "ceremony.share", where: 2 });
  });

  test("of nobody in the circle are a mistake of the caller", () => {
    const given = { sender: registered[1]!, commitment: commitments[1]! };
    assert.throws(() => openShare(circle, seeds[0]!, 4, given), TypeError);
  });

  test("of a stranger's seed", () => {
    const stranger = secret("stranger") as TrusteeSeed;
    const published = { registered, commitments };
    assert.equal(
      ruleOf(() => confirm(circle, stranger, 1, published)),
      "ceremony.share",
    );
  });
});

describe("confirmations and keys", () => {
  const [value] = ceremony.confirmations;

  test("A21: a confirmation of other commitments", () => {
    checkConfirmation(value!, registered[0]!, commitments);
    const other = [commitments[0]!, { ...commitments[1]!, id: "00".repeat(32) }, commitments[2]!];
    assert.equal(
      ruleOf(() => checkConfirmation(value!, registered[0]!, other)),
      "ceremony.transcript",
    );
    assert.equal(
      ruleOf(() => checkConfirmation(value!, registered[1]!, commitments)),
      "object.signature",
    );
    const split = confirm(circle, seeds[0]!, 1, { registered, commitments: other });
    assert.equal(
      ruleOf(() => checkConfirmation(split, registered[0]!, commitments)),
      "ceremony.transcript",
    );
  });

  test("keys that do not follow", () => {
    const keys = ceremony.keys;
    const check = (changes: Partial<typeof keys>): string | null =>
      ruleOf(() => checkKeys(circle, { ...keys, ...changes }, commitments));
    assert.equal(check({}), null);
    const moved = pointBytes(...parsePoints(parseB64u(keys.joint)).map((Y) => add(Y, BASE)));
    assert.equal(check({ joint: toB64u(moved) }), "ceremony.keys");
    assert.equal(check({ verification: keys.verification.slice(1) }), "ceremony.keys");
    assert.equal(check({ verification: [...keys.verification].reverse() }), "ceremony.keys");
    assert.equal(check({ ceremony: "00".repeat(32) }), "ceremony.keys");
    const message = "the commitments of all trustees are needed";
    const [one, two, three] = commitments as [Committed, Committed, Committed];
    for (const some of [
      [two, three],
      [one, two],
      [one, two, two],
      [one, two, three, three],
    ]) {
      assert.throws(() => makeKeys(circle, some), { name: "RangeError", message });
    }
  });

  test("the order of commitments changes nothing", () => {
    const [one, two, three] = commitments as [Committed, Committed, Committed];
    for (const some of [
      [three, two, one],
      [two, three, one],
      [one, three, two],
    ]) {
      assert.equal(transcript(some), value!.transcript);
      assert.deepEqual(makeKeys(circle, some), ceremony.keys);
    }
  });

  test("a joint key that is the identity", () => {
    const [one, two, three] = commitments.map(({ coefficients }) => coefficients);
    for (const slot of [0, 3]) {
      const cancelling = one!.map((row, s) =>
        row.map((F, m) =>
          m === 0 && s === slot ? subtract(subtract(F, F), add(two![s]![0]!, three![s]![0]!)) : F,
        ),
      );
      const changed = [{ ...commitments[0]!, coefficients: cancelling }, ...commitments.slice(1)];
      assert.throws(() => makeKeys(circle, changed), { rule: "ceremony.identity", where: slot });
    }
  });

  test("A22: every slot is a ceremony of its own, with no relation between keys", () => {
    const Y = parsePoints(parseB64u(ceremony.keys.joint));
    const steps = Y.slice(1).map((point, s) => toHex(subtract(point, Y[s]!).bytes));
    assert.equal(new Set(Y.map((point) => toHex(point.bytes))).size, 32);
    assert.equal(new Set(steps).size, 31);
    const secrets = trusteeSecrets(circle, seeds[0]!, 1, { registered, commitments });
    assert.equal(new Set(secrets).size, 32);
  });

  test("one trustee alone can hold a ceremony", () => {
    const alone = checkCeremony(store({ ...ceremony.ceremony, trustees: 1, threshold: 1 }));
    const trustee = checkRegistration(alone, register(alone, seeds[0]!, 1, "T"), []);
    const made = checkCommitment(alone, trustee, store(commit(alone, seeds[0]!, 1, [trustee])));
    const published = { registered: [trustee], commitments: [made] };
    checkConfirmation(confirm(alone, seeds[0]!, 1, published), trustee, [made]);
    const secrets = trusteeSecrets(alone, seeds[0]!, 1, published);
    const { joint } = makeKeys(alone, [made]);
    assert.equal(toB64u(pointBytes(...secrets.map(multiplyBase))), joint);
    parseKey(parseB64u(trustee.value.sign));
  });
});
