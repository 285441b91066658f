/** Tallies and shares against trustees and coordinators who cheat. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { checkBallot, makePaper, preparePaper } from "../ballots/ballot.js";
import { concat, parseB64u, toB64u } from "../ballots/encoding.js";
import {
  BASE,
  add,
  parsePoints,
  parseScalars,
  pointBytes,
  scalarBytes,
  subtract,
} from "../ballots/group.js";
import { type Decryption, store } from "../ballots/objects.js";
import { addBallots, checkShare, checkTally, combine, makeShare } from "../ballots/tally.js";
import { trusteeSecrets } from "../ballots/trustees.js";
import { ceremony, circle, commitments, registered, resigned, seeds } from "./circle.js";
import { approval, ballotOf, choose, ruleOf } from "./congress.js";

describe("tallies", () => {
  const manifest = approval(3, 2);
  const id = "cd".repeat(32);
  const election = store({ type: "election", session: id, keys: id, roll: id, manifest });
  const paper = makePaper(election, ceremony.keys);
  preparePaper(paper);
  const ballots = [1, 2, 3].map((n) =>
    checkBallot(paper, ballotOf(paper, n, choose(n === 3 ? "p2" : "p1"))),
  );
  const tally = addBallots(paper, ballots);
  const count = checkTally(paper, store(tally), tally);
  const trustees = new Map(registered.map((trustee) => [trustee.value.index, trustee]));
  const shareOf = (index: number, of = count): Decryption => {
    const seed = seeds[index - 1]!;
    const secrets = trusteeSecrets(circle, seed, index, { registered, commitments });
    return makeShare(of, ceremony.keys, { circle, seed, index, secrets });
  };
  const shares = [1, 2, 3].map((index) => shareOf(index));
  const valid = shares.map((share) => checkShare(count, ceremony.keys, trustees, share));
  const check = (share: Decryption, of = count): string | null =>
    ruleOf(() => checkShare(of, ceremony.keys, trustees, share));

  test("any t of n trustees come to the same counts", () => {
    for (const some of [valid, valid.slice(1), [valid[2]!, valid[0]!], valid.slice(0, 2)]) {
      assert.deepEqual(combine(count, 2, some).counts, [2, 1, 0, 0]);
    }
    assert.deepEqual(combine(count, 2, valid).trustees, [1, 2]);
    assert.throws(() => combine(count, 2, valid.slice(1, 2)), {
      name: "RangeError",
      message: "fewer shares than the threshold",
    });
  });

  test("an election without ballots counts nothing", () => {
    const empty = addBallots(paper, []);
    const none = checkTally(paper, store(empty), empty);
    const given = [1, 3].map((i) => checkShare(none, ceremony.keys, trustees, shareOf(i, none)));
    assert.deepEqual(combine(none, 2, given).counts, [0, 0, 0, 0]);
  });

  test("A23: a tally of some ballots only, or of other ones", () => {
    const some = addBallots(paper, ballots.slice(1));
    assert.equal(
      ruleOf(() => checkTally(paper, store(some), tally)),
      "tally.ballots",
    );
    const said = { ...some, ballots: 3 };
    assert.equal(
      ruleOf(() => checkTally(paper, store(said), tally)),
      "tally.ciphertext",
    );
    const elsewhere = { ...tally, election: id };
    assert.equal(
      ruleOf(() => checkTally(paper, store(elsewhere), tally)),
      "tally.ciphertext",
    );
    const other = makePaper(store({ ...election.value, roll: circle.id }), ceremony.keys);
    const message = { name: "RangeError", message: "a ballot of another election" };
    assert.throws(() => addBallots(other, ballots), message);
  });

  test("A24: a share of another tally", () => {
    const some = addBallots(paper, ballots.slice(1));
    const other = checkTally(paper, store(some), some);
    assert.equal(check(shareOf(1, other)), "order.reference");
    assert.equal(check(resigned(shareOf(1, other), { tally: count.id })), "decryption.proof");
  });

  test("A2: a false factor with a proof made for it", () => {
    const factors = parsePoints(parseB64u(shares[0]!.shares));
    const moved = factors.map((D, i) => (i === 0 ? add(D, BASE) : D));
    assert.equal(
      check(resigned(shares[0]!, { shares: toB64u(pointBytes(...moved)) })),
      "decryption.proof",
    );
    const proof = parseScalars(parseB64u(shares[0]!.proof));
    proof.forEach((_, at) => {
      const changed = proof.map((scalar, i) => (i === at ? scalar + 1n : scalar));
      assert.equal(
        check(resigned(shares[0]!, { proof: toB64u(scalarBytes(...changed)) })),
        "decryption.proof",
      );
    });
  });

  test("other lengths, indexes and signatures", () => {
    const [share] = shares as [Decryption];
    const cut = (text: string): string => toB64u(parseB64u(text).slice(32));
    assert.equal(check(resigned(share, { shares: cut(share.shares) })), "decryption.length");
    assert.equal(check(resigned(share, { proof: cut(share.proof) })), "decryption.length");
    assert.equal(check({ ...share, index: 4 }), "decryption.index");
    assert.equal(check({ ...share, index: 2 }), "object.signature");
    const broken = concat(new Uint8Array(32).fill(255), parseB64u(share.shares).slice(32));
    assert.equal(check(resigned(share, { shares: toB64u(broken) })), "group.point");
    const beyond = concat(new Uint8Array(32).fill(255), parseB64u(share.proof).slice(32));
    assert.equal(check(resigned(share, { proof: toB64u(beyond) })), "group.scalar");
  });

  test("A39: a count beyond the number of ballots", () => {
    const few = { ...count, ballots: 1 };
    assert.throws(() => combine(few, 2, valid), { rule: "result.counts", where: 0 });
    const negative = count.ciphertext.slots.map((C, i) => (i === 3 ? subtract(C, BASE) : C));
    const changed = { ...count, ciphertext: { ...count.ciphertext, slots: negative } };
    assert.throws(() => combine(changed, 2, valid), { rule: "result.counts", where: 3 });
  });
});
