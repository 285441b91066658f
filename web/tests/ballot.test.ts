/** Ballots: attacks on them by provers who know the protocol from the inside. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import {
  type Paper,
  checkBallot,
  makeBallot,
  makePaper,
  makeSeed,
  preparePaper,
} from "../ballots/ballot.js";
import { cardCredential, cardSeed } from "../ballots/cards.js";
import { type Ciphertext, ciphertextBytes, encrypt } from "../ballots/elgamal.js";
import { concat, frame, parseB64u, parseHex, toB64u } from "../ballots/encoding.js";
import {
  BASE,
  ORDER,
  PEDERSEN_H,
  type Point,
  add,
  hashToScalar,
  invert,
  multiply,
  multiplyBase,
  parsePoints,
  parseScalars,
  pointBytes,
  reduced,
  scalarBytes,
} from "../ballots/group.js";
import { type Style, fillSlots } from "../ballots/manifest.js";
import { type Ballot, type Stored, signObject, store } from "../ballots/objects.js";
import { type Sealed, makeBitProof, parseBitProof } from "../ballots/proofs.js";
import { ballotOf, card, choose, ruleOf, secret, seedOf } from "./congress.js";
import { electionOf, keys, secrets } from "./election.js";

const election = electionOf(3, 2);
const paper = makePaper(election, keys);
preparePaper(paper);
const { style } = paper;
const honest = ballotOf(paper, 1, choose("p1"));
const credential = toB64u(cardCredential(card(1)));
const context = frame("ballot", parseHex(paper.election), parseB64u(credential));

/** Put parts together to a ballot, signed with its card. */
function signed(parts: Partial<Ballot>, number = 1): Stored<Ballot> {
  const owner = toB64u(cardCredential(card(number)));
  return store(
    signObject({ ...honest.value, credential: owner, ...parts }, cardSeed(card(number))),
  );
}

function sealed([ciphertext, commitment, proof]: Sealed, number = 1): Stored<Ballot> {
  const parts = { ciphertext: toB64u(ciphertext), commitment: toB64u(commitment) };
  return signed({ ...parts, proof: toB64u(proof) }, number);
}

/** Nonces as an attacker likes them. */
const nonce = (label: string, number: number): bigint =>
  hashToScalar("test-nonce", secret(label, number));

function refusal(ballot: Stored<Ballot>, on: Paper = paper): string | null {
  return ruleOf(() => checkBallot(on, ballot));
}

/** Prove values that need not be bits, with all equations but that of the bits in order. */
function prove(values: readonly number[]): Stored<Ballot> {
  return sealed(makeBitProof(style, paper.keys, { context, bits: values, nonce }));
}

describe("honest ballots", () => {
  test("are valid, and the same for one seed", () => {
    assert.equal(checkBallot(paper, honest).credential, credential);
    assert.equal(ballotOf(paper, 1, choose("p1")).id, honest.id);
    assert.equal(prove(fillSlots(style, choose("p1"))).value.election, election.id);
    assert.equal(refusal(prove(fillSlots(style, choose("p1")))), null);
  });

  test("are the same with tables and without, and tell their progress", () => {
    const plain = makePaper(election, keys);
    assert.deepEqual(ballotOf(plain, 1, choose("p1")), honest);
    const told: number[][] = [];
    preparePaper(plain, (done, all) => told.push([done, all]));
    assert.deepEqual(told[told.length - 1], [told.length, told.length]);
    assert.deepEqual(ballotOf(plain, 1, choose("p1")), honest);
    checkBallot(plain, honest);
  });

  test("can't be made of what the paper does not allow", () => {
    assert.equal(
      ruleOf(() => ballotOf(paper, 1, [])),
      "selections",
    );
    assert.equal(
      ruleOf(() => ballotOf(paper, 1, choose("p1", "p2", "p3"))),
      "selections",
    );
    assert.throws(() => makeSeed(new Uint8Array(31)), RangeError);
  });

  test("need keys of the protocol's number", () => {
    const short = { ...keys, joint: toB64u(pointBytes(BASE)) };
    assert.equal(
      ruleOf(() => makePaper(election, short)),
      "ceremony.length",
    );
    const broken = { ...keys, joint: toB64u(new Uint8Array(1024).fill(255)) };
    assert.equal(
      ruleOf(() => makePaper(election, broken)),
      "group.point",
    );
    assert.equal(
      ruleOf(() => makePaper(electionOf(3, 4), keys)),
      "manifest.bounds",
    );
  });

  test("A32: have one size, whatever they say", () => {
    const sizes = ["p1", "p2", "abstain"].map((p) => ballotOf(paper, 1, choose(p)).raw.length);
    assert.equal(new Set(sizes).size, 1);
  });
});

describe("form", () => {
  const { value } = honest;

  test("A12: other lengths", () => {
    for (const name of ["ciphertext", "commitment", "proof"] as const) {
      const data = parseB64u(value[name]);
      for (const bad of [
        data.slice(32),
        concat(data, new Uint8Array(32)),
        data.slice(1),
        new Uint8Array(),
      ]) {
        assert.equal(refusal(signed({ [name]: toB64u(bad) })), "ballot.length", name);
      }
      assert.equal(refusal(signed({ [name]: `${value[name]}=` })), "encoding.base64", name);
    }
  });

  test("A10: encodings that are not canonical", () => {
    const data = parseB64u(value.ciphertext);
    const negative = new Uint8Array(32).fill(255);
    assert.equal(
      refusal(signed({ ciphertext: toB64u(concat(negative, data.slice(32))) })),
      "group.point",
    );
    const proof = parseB64u(value.proof);
    const f = parseScalars(proof.slice(64, 96))[0]! + ORDER;
    const beyond = Uint8Array.from({ length: 32 }, (_, i) => Number((f >> BigInt(8 * i)) & 255n));
    const changed = concat(proof.slice(0, 64), beyond, proof.slice(96));
    assert.equal(refusal(signed({ proof: toB64u(changed) })), "group.scalar");
  });

  test("another object", () => {
    assert.equal(
      ruleOf(() => checkBallot(paper, election)),
      "object.type",
    );
  });
});

describe("A1: weak Fiat-Shamir", () => {
  test("a statement chosen after the challenge does not hold", () => {
    // Commit first, take the challenge over the commitments alone, and solve the bit equation
    // for a value that is no bit; then encrypt that value.
    const a = Array.from({ length: style.slots }, (_, i) => nonce("a", i));
    const A = encrypt(style, paper.keys, [nonce("s", 0)], a);
    const commitment = ciphertextBytes(style, A);
    const x = hashToScalar("ballot-x", context, commitment);
    const e0 = hashToScalar("weak", commitment);
    const m = reduced((a[0]! * a[0]! - e0) * invert(x));
    const values = [m, ...new Array<bigint>(style.slots - 1).fill(0n)];
    const C = encrypt(style, paper.keys, [nonce("r", 0)], values);
    const f = values.map((m_i, i) => x * m_i + a[i]!);
    const z = x * nonce("r", 0) + nonce("s", 0);
    const proof = concat(PEDERSEN_H.bytes, BASE.bytes, scalarBytes(...f, z, 5n));
    const rule = refusal(sealed([ciphertextBytes(style, C), commitment, proof]));
    assert.equal(rule, "ballot.constraint");
  });

  test("the equations of slots alone, with a challenge that leaves out the ciphertext", () => {
    const bits = fillSlots(style, choose("p1"));
    const [, commitment, proof] = makeBitProof(style, paper.keys, { context, bits, nonce });
    const other = encrypt(style, paper.keys, [nonce("r", 9)], bits.map(BigInt));
    assert.equal(
      refusal(sealed([ciphertextBytes(style, other), commitment, proof])),
      "ballot.constraint",
    );
  });
});

describe("A3: parameters are under the proof", () => {
  test("another manifest, other keys, other slack", () => {
    const other = makePaper(electionOf(3, 2, { title: "Other" }), keys);
    assert.equal(refusal(honest, other), "order.reference");
    assert.equal(refusal(signed({ election: other.election }), other), "ballot.constraint");
    const turned = makePaper(election, {
      ...keys,
      joint: toB64u(pointBytes(...[...secrets].reverse().map(multiplyBase))),
    });
    assert.equal(refusal(honest, turned), "ballot.slot");
    const bounds = makePaper(electionOf(4, 2), keys);
    assert.equal(refusal(signed({ election: bounds.election }), bounds), "ballot.length");
  });

  test("A30 and A35: another election's ballot, copied whole", () => {
    const round = { round: 2, previous: election.id };
    const runoff = makePaper(electionOf(3, 2, round), keys);
    assert.equal(refusal(honest, runoff), "order.reference");
    assert.equal(refusal(signed({ election: runoff.election }), runoff), "ballot.constraint");
  });
});

describe("copies and changed ballots", () => {
  test("A4: the same bytes under another card", () => {
    assert.equal(refusal(signed({}, 2)), "ballot.constraint");
    assert.equal(
      refusal(store({ ...honest.value, credential: toB64u(cardCredential(card(2))) })),
      "object.signature",
    );
  });

  /** The parts of the honest ballot, to be put together otherwise. */
  const C = parsePoints(parseB64u(honest.value.ciphertext));
  const A = parsePoints(parseB64u(honest.value.commitment));
  const proof = parseBitProof(style, parseB64u(honest.value.proof));
  const proofBytes = (p: typeof proof): string =>
    toB64u(concat(p.E1.bytes, p.E0.bytes, scalarBytes(...p.f, ...p.z, p.tau)));
  const points = (list: readonly Point[]): string => toB64u(pointBytes(...list));

  test("A5: encrypted anew with the old proof", () => {
    const t = 7n;
    const anew = C.map((point, i) => add(point, multiply(t, i === 0 ? BASE : paper.keys[i - 1]!)));
    assert.equal(refusal(signed({ ciphertext: points(anew) })), "ballot.constraint");
    const x = hashToScalar(
      "ballot-x",
      context,
      pointBytes(...C),
      pointBytes(...A),
      proof.E1.bytes,
      proof.E0.bytes,
    );
    const adjusted = { ...proof, z: proof.z.map((z) => z + x * t) };
    const both = signed({ ciphertext: points(anew), proof: proofBytes(adjusted) });
    assert.equal(refusal(both), "ballot.constraint");
  });

  test("A5: options changed about, and a proof used for another option", () => {
    const swap = <T>(list: readonly T[], i: number, j: number): T[] =>
      list.map((item, at) => (at === i ? list[j]! : at === j ? list[i]! : item));
    const turned = signed({
      ciphertext: points(swap(C, 1, 2)),
      commitment: points(swap(A, 1, 2)),
      proof: proofBytes({ ...proof, f: swap(proof.f, 0, 1) }),
    });
    assert.equal(refusal(turned), "ballot.constraint");
    const reused = signed({ ciphertext: points(C.map((p, i) => (i === 2 ? C[1]! : p))) });
    assert.equal(refusal(reused), "ballot.constraint");
  });

  test("A5: an encryption of zero added", () => {
    const zero = C.map((p, i) => (i === 0 ? add(p, BASE) : add(p, paper.keys[i - 1]!)));
    assert.equal(refusal(signed({ ciphertext: points(zero) })), "ballot.constraint");
  });

  test("A15: every point plus B and every scalar plus one", () => {
    for (let i = 0; i < C.length; i += 1) {
      const moved = (list: readonly Point[]): string =>
        points(list.map((p, at) => (at === i ? add(p, BASE) : p)));
      assert.notEqual(refusal(signed({ ciphertext: moved(C) })), null, `C ${i}`);
      assert.notEqual(refusal(signed({ commitment: moved(A) })), null, `A ${i}`);
    }
    const scalars = [...proof.f, ...proof.z, proof.tau];
    scalars.forEach((_, i) => {
      const moved = scalars.map((scalar, at) => (at === i ? scalar + 1n : scalar));
      const changed = concat(proof.E1.bytes, proof.E0.bytes, scalarBytes(...moved));
      assert.notEqual(refusal(signed({ proof: toB64u(changed) })), null, `scalar ${i}`);
    });
    for (const name of ["E1", "E0"] as const) {
      const changed = { ...proof, [name]: add(proof[name], BASE) };
      assert.notEqual(refusal(signed({ proof: proofBytes(changed) })), null, name);
    }
  });

  test("A9: without the card's signature", () => {
    assert.equal(
      refusal(store({ ...honest.value, signature: toB64u(new Uint8Array(64)) })),
      "object.signature",
    );
    const other = signObject(honest.value, cardSeed(card(2)));
    assert.equal(refusal(store(other)), "object.signature");
  });
});

describe("each equation can fail alone", () => {
  /** A ballot whose challenge is right and whose parts are changed before it is drawn. */
  function forge(change: {
    readonly C?: (C: Ciphertext) => Ciphertext;
    readonly values?: readonly bigint[];
    readonly constraint?: boolean;
    readonly tau?: bigint;
    readonly z?: bigint;
  }): Stored<Ballot> {
    const m = change.values ?? fillSlots(style, choose("p1")).map(BigInt);
    const a = m.map((_, i) => nonce("a", i));
    const [{ terms, pivot }] = style.constraints as [Style["constraints"][number]];
    const ofPivot = BigInt(terms.find(([slot]) => slot === pivot)![1]);
    const rest = terms.reduce(
      (sum, [slot, c]) => sum + (slot === pivot ? 0n : BigInt(c) * a[slot]!),
      0n,
    );
    a[pivot] = reduced(-rest * invert(ofPivot) + (change.constraint ? 1n : 0n));
    const [r, s] = [nonce("r", 0), nonce("s", 0)];
    const honestC = encrypt(style, paper.keys, [r], m);
    const C = ciphertextBytes(style, change.C?.(honestC) ?? honestC);
    const A = ciphertextBytes(style, encrypt(style, paper.keys, [s], a));
    const rho = hashToScalar("ballot-rho", context, C, A);
    let [e1, e0, power] = [0n, 0n, 1n];
    a.forEach((a_i, i) => {
      power = reduced(power * rho);
      e1 += power * a_i * (1n - 2n * m[i]!);
      e0 -= power * a_i * a_i;
    });
    const E1 = add(multiplyBase(e1), multiply(nonce("t", 1), PEDERSEN_H));
    const E0 = add(multiplyBase(e0), multiply(nonce("t", 0), PEDERSEN_H));
    const x = hashToScalar("ballot-x", context, C, A, E1.bytes, E0.bytes);
    const f = a.map((a_i, i) => x * m[i]! + a_i);
    const z = x * r + s + (change.z ?? 0n);
    const tau = x * nonce("t", 1) + nonce("t", 0) + (change.tau ?? 0n);
    return sealed([C, A, concat(E1.bytes, E0.bytes, scalarBytes(...f, z, tau))]);
  }
  const moved = (C: Ciphertext, slot: number): Ciphertext => ({
    ...C,
    slots: C.slots.map((point, i) => (i === slot ? add(point, BASE) : point)),
  });

  test("unchanged it holds", () => {
    assert.equal(refusal(forge({})), null);
  });

  test("A14: constraints", () => {
    assert.equal(refusal(forge({ constraint: true })), "ballot.constraint");
    const all = style.optionSlots.map(() => 1n);
    const slack = new Array<bigint>(style.slots - style.options).fill(0n);
    assert.equal(refusal(forge({ values: [...all, ...slack] })), "ballot.constraint");
    const none = new Array<bigint>(style.slots).fill(0n);
    assert.equal(refusal(forge({ values: none })), "ballot.constraint");
  });

  test("bits", () => {
    assert.equal(refusal(forge({ tau: 1n })), "ballot.bits");
  });

  test("A13: an option's value of 2, -1 or l - 1 with slack to match", () => {
    // Slots p1, p2, p3, abstain (twice), then one slack slot: the sum is 2.
    for (const values of [
      [2n, 0n, 0n, 0n, 0n],
      [-1n, 1n, 1n, 0n, 1n],
      [ORDER - 1n, 1n, 1n, 0n, 1n],
      [1n, 0n, 0n, -1n, 3n],
      [0n, 0n, 0n, 0n, 2n],
    ]) {
      assert.equal(refusal(forge({ values })), "ballot.bits");
    }
  });

  test("a block's randomness", () => {
    const changed = (C: Ciphertext): Ciphertext => ({
      ...C,
      heads: C.heads.map((h) => add(h, BASE)),
    });
    assert.equal(refusal(forge({ C: changed })), "ballot.randomness");
    assert.equal(refusal(forge({ z: 1n })), "ballot.randomness");
  });

  test("a slot, told by its number", () => {
    for (let slot = 0; slot < style.slots; slot += 1) {
      const ballot = forge({ C: (C) => moved(C, slot) });
      assert.throws(() => checkBallot(paper, ballot), { rule: "ballot.slot", where: slot });
    }
  });

  test("A34: the identity for a C0", () => {
    const bits = fillSlots(style, choose("p1"));
    const still = (label: string, number: number): bigint =>
      label === "r" ? 0n : nonce(label, number);
    const ballot = sealed(makeBitProof(style, paper.keys, { context, bits, nonce: still }));
    assert.equal(refusal(ballot), "ballot.identity");
  });
});

describe("A7 and A34: broken random numbers", () => {
  test("one seed in two hands or for two choices gives nothing in common", () => {
    const seed = seedOf("broken");
    const ballots = [
      makeBallot(paper, card(1), choose("p1"), seed),
      makeBallot(paper, card(2), choose("p1"), seed),
      makeBallot(paper, card(1), choose("p2"), seed),
    ];
    const heads = ballots.map(({ value }) => value.ciphertext.slice(0, 42));
    assert.equal(new Set(heads).size, 3);
    assert.equal(new Set(ballots.map(({ id }) => id)).size, 3);
  });
});
