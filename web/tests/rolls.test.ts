/** Cards of several rolls, and lists in which only one part breaks a rule. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import type { Paper } from "../ballots/ballot.js";
import { cardCredential, cardSeed, rollCredentials } from "../ballots/cards.js";
import { frame, parseB64u, parseHex, toB64u } from "../ballots/encoding.js";
import { hashToScalar } from "../ballots/group.js";
import { fillSlots } from "../ballots/manifest.js";
import { type Ballot, signObject } from "../ballots/objects.js";
import { makeBitProof } from "../ballots/proofs.js";
import { Congress, approval, card, choose, secret } from "./congress.js";

const credentials = (...numbers: number[]): string[] =>
  rollCredentials(numbers.map((number) => cardCredential(card(number))));

/** A ballot whose first block has the same randomness whoever casts it. */
function withFirstHead(paper: Paper, number: number): Ballot {
  const credential = toB64u(cardCredential(card(number)));
  const context = frame("ballot", parseHex(paper.election), parseB64u(credential));
  const bits = fillSlots(paper.style, choose("p1"));
  const nonce = (label: string, i: number): bigint =>
    label === "r" && i === 0 ? 7n : hashToScalar("test", secret(label, i), context);
  const sealed = makeBitProof(paper.style, paper.keys, { context, bits, nonce }).map(toB64u);
  const [ciphertext, commitment, proof] = sealed as [string, string, string];
  const { election } = paper;
  const ballot = { election, credential, ciphertext, commitment, proof, signature: "" };
  return signObject({ type: "ballot", ...ballot }, cardSeed(card(number)));
}

describe("revoking cards", () => {
  test("is refused where one of them is not good, or one has voted", () => {
    const congress = new Congress();
    const state = congress.open();
    const { roll } = state.value;
    const revoke = (...numbers: number[]): string | null =>
      congress.refusal({ type: "revoke", roll, credentials: credentials(...numbers), reason: "" });
    assert.equal(revoke(1, 3), "revoke.credential");
    congress.cast(state.paper, 0, choose("p1"));
    assert.equal(revoke(0, 1), "revoke.voted");
    assert.equal(revoke(1), null);
  });

  test("of one roll does not touch the same cards of another", () => {
    const congress = new Congress();
    const state = congress.open();
    const roll = congress.roll(state.value.session, 5);
    congress.cast(state.paper, 0, choose("p1"));
    const revoke = { type: "revoke", roll, credentials: credentials(0), reason: "" } as const;
    assert.equal(congress.refusal(revoke), null);
    assert.ok(state.roll.isGood(credentials(0)[0]!));
  });
});

describe("elections and ballots", () => {
  test("an election with its own session's roll, but keys of another's", () => {
    const congress = new Congress();
    const state = congress.open();
    const session = congress.add({ type: "session", congress: "C", name: "T", deputies: 3 }).id;
    const roll = congress.roll(session);
    assert.equal(congress.refusal({ ...state.value, session, roll }), "order.reference");
  });

  test("a ballot of which one C0 alone is another's", () => {
    const congress = new Congress();
    const { paper } = congress.open(approval(33, 1));
    assert.equal(paper.style.blocks.length, 2);
    congress.add(withFirstHead(paper, 0));
    assert.equal(congress.refusal(withFirstHead(paper, 1)), "ballot.reused");
  });
});
