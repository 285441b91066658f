/** Papers of more than one block or of odd forms, and ballots that are opened instead of cast. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import {
  checkBallot,
  checkChallenge,
  makeChallenge,
  makePaper,
  makeSeed,
  preparePaper,
} from "../ballots/ballot.js";
import { cardSeed } from "../ballots/cards.js";
import { toB64u } from "../ballots/encoding.js";
import { checkManifest } from "../ballots/manifest.js";
import { signObject } from "../ballots/objects.js";
import {
  approval,
  ballotOf,
  card,
  challengeOf,
  choose,
  ruleOf,
  secret,
  seedOf,
} from "./congress.js";
import { ID, electionOf, keys } from "./election.js";

const paper = makePaper(electionOf(3, 2), keys);
preparePaper(paper);
const honest = ballotOf(paper, 1, choose("p1"));

describe("challenges", () => {
  const challenge = challengeOf(paper, 1, choose("p1"));
  const check = (changes: object): string | null =>
    ruleOf(() => checkChallenge(paper, { ...challenge.value, ...changes }));

  test("of an honest tablet hold", () => {
    assert.equal(checkChallenge(paper, challenge.value), honest.id);
  });

  test("of a tablet that sealed something else do not", () => {
    assert.equal(check({ selections: choose("p2") }), "challenge.ballot");
    assert.equal(check({ selections: choose("p1", "p2", "p3") }), "selections");
    assert.equal(check({ selections: [["projects"]] }), "selections");
    assert.equal(check({ seed: toB64u(secret("other")) }), "challenge.ballot");
    assert.equal(check({ seed: "AAAA" }), "encoding.base64");
    for (const name of ["ciphertext", "commitment", "proof"] as const) {
      const other = ballotOf(paper, 1, choose("p2")).value[name];
      const changed = { ...honest.value, [name]: other };
      const ballot = signObject(changed, cardSeed(card(1)));
      assert.equal(check({ ballot }), "challenge.ballot", name);
    }
  });

  test("need the card's signature and the right election", () => {
    const ballot = { ...challenge.value.ballot, signature: toB64u(new Uint8Array(64)) };
    assert.equal(check({ ballot }), "object.signature");
    assert.equal(check({ election: ID }), "order.reference");
    assert.equal(check({ ballot: { ...challenge.value.ballot, election: ID } }), "order.reference");
  });

  test("are made of what the deputy chose and the seed", () => {
    const made = makeChallenge(paper, honest, choose("p1"), seedOf(`${paper.election} 1`));
    assert.equal(made.id, challenge.id);
  });
});

describe("papers", () => {
  test("of two blocks, and a where for the second", () => {
    const large = makePaper(electionOf(40, 5), keys);
    assert.equal(large.style.blocks.length, 2);
    const ballot = ballotOf(large, 1, choose("p40"));
    assert.equal(checkBallot(large, ballot).ciphertext.heads.length, 2);
    assert.equal(checkManifest(approval(40, 5)).blockOf(44), 1);
  });

  test("where abstaining counts as much as all that is asked, and there is no slack", () => {
    const { questions } = approval(3, 2);
    const exact = electionOf(3, 2, { questions: [{ ...questions[0]!, min: 2 }] });
    const strict = makePaper(exact, keys);
    assert.deepEqual(strict.style.constraints[0]!.terms[3], [3, 2]);
    assert.equal(strict.style.slots, 4);
    for (const chosen of [choose("p1", "p3"), choose("abstain")]) {
      checkBallot(strict, ballotOf(strict, 1, chosen));
    }
    assert.equal(
      ruleOf(() => ballotOf(strict, 1, choose("p1"))),
      "selections",
    );
  });

  test("take seeds of 32 bytes", () => {
    const message = { name: "RangeError", message: "a ballot's seed has 32 bytes" };
    assert.throws(() => makeSeed(new Uint8Array(31)), message);
    assert.throws(() => makeSeed(new Uint8Array(33)), message);
    assert.equal(makeSeed(new Uint8Array(32)).length, 32);
  });
});
