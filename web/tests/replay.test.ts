/** The state machine: every rule of order, and what no order can excuse. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { type Paper, checkBallot } from "../ballots/ballot.js";
import { cardSeed } from "../ballots/cards.js";
import { toB64u } from "../ballots/encoding.js";
import { Invalid, Malformed } from "../ballots/errors.js";
import { hashToScalar } from "../ballots/group.js";
import { type Revoke, signObject, store } from "../ballots/objects.js";
import { decide } from "../ballots/outcome.js";
import { judgeBallot } from "../ballots/replay.js";
import type { ElectionState } from "../ballots/states.js";
import { addBallots } from "../ballots/tally.js";
import {
  Congress,
  TIME,
  approval,
  ballotOf,
  card,
  challengeOf,
  choose,
  credentials,
  withRandomness,
} from "./congress.js";

const NONE = "00".repeat(32);
const opened = (): [Congress, ElectionState] => {
  const congress = new Congress();
  return [congress, congress.open()];
};

describe("a whole election", () => {
  test("with a challenge, a revoked card, an outcome and a run-off", () => {
    const congress = new Congress(2, 2);
    const state = congress.open();
    const { paper, roll } = state;
    congress.cast(paper, 0, choose("p1", "p2"));
    congress.add(challengeOf(paper, 1, choose("p3")).value);
    congress.add(ballotOf(paper, 1, choose("p1")).value);
    const name = state.value.roll;
    congress.add({ type: "revoke", roll: name, credentials: credentials(2), reason: "lost" });
    assert.equal(roll.good, 2);
    congress.finish(congress.close(state));
    assert.equal(state.outcome?.valid, true);
    assert.deepEqual(state.result?.counts, [2, 1, 0, 0, 0]);
    const manifest = approval(2, 1, { round: 2, previous: paper.election });
    congress.add({ ...state.value, manifest });
    assert.equal(congress.replay.paper(paper.election), paper);
  });
});

describe("objects that stand there already or refer to none", () => {
  test("order.repeated and order.reference", () => {
    const [congress, state] = opened();
    const { value } = state;
    assert.equal(congress.refusal(congress.objects[0]!.value), "order.repeated");
    assert.equal(congress.refusal(value), "order.repeated");
    const refused = (object: Parameters<Congress["refusal"]>[0]): void =>
      assert.equal(congress.refusal(object), "order.reference", object.type);
    refused({ type: "ceremony", session: NONE, trustees: 1, threshold: 1, width: 32 });
    refused({ type: "roll", session: NONE, credentials: credentials(1) });
    refused({ type: "issue", roll: NONE, credentials: credentials(1) });
    refused({ type: "revoke", roll: NONE, credentials: credentials(1), reason: "" });
    refused({ ...value, session: NONE });
    refused({ ...value, keys: NONE });
    refused({ ...value, roll: NONE });
    refused({ ...value, manifest: approval(3, 1, { round: 2, previous: NONE }) });
    refused({ type: "open", election: NONE, present: 3, time: TIME });
    refused({ ...ballotOf(state.paper, 0, choose("p1")).value, election: NONE });
    refused({ ...challengeOf(state.paper, 0, choose("p1")).value, election: NONE });
    refused({ ...congress.closing(state), election: NONE });
    refused({ ...addBallots(state.paper, []), election: NONE });
    refused({ type: "decryption", tally: NONE, index: 1, shares: "", proof: "", signature: "" });
    refused({ type: "result", tally: NONE, trustees: [], counts: [] });
    refused({ type: "outcome", result: NONE, valid: true, quorum: 2, grades: {} });
    refused({ type: "annul", election: NONE, reason: "", time: TIME });
    assert.throws(() => congress.replay.paper(NONE), { rule: "order.reference" });
  });

  test("an election with keys or a roll of another session", () => {
    const [congress, state] = opened();
    const other = congress.add({ type: "session", congress: "C", name: "T", deputies: 3 }).id;
    assert.equal(congress.refusal({ ...state.value, session: other }), "order.reference");
    const roll = congress.roll(other);
    assert.equal(congress.refusal({ ...state.value, roll }), "order.reference");
  });

  test("a challenge of another election's ballot", () => {
    const [congress, state] = opened();
    const challenge = challengeOf(state.paper, 0, choose("p1")).value;
    const ballot = { ...challenge.ballot, election: NONE };
    assert.equal(congress.refusal({ ...challenge, ballot }), "order.reference");
  });
});

describe("the order of a ceremony", () => {
  test("registrations, commitments, confirmations, keys", () => {
    const congress = new Congress(2, 1);
    const session = congress.add({ type: "session", congress: "C", name: "S", deputies: 3 }).id;
    const bad = { type: "ceremony", session, trustees: 2, threshold: 3, width: 32 } as const;
    assert.equal(congress.refusal(bad), "ceremony.shape");
    const id = congress.ceremony(session);
    const keys = { type: "keys", ceremony: id, joint: "", verification: [] } as const;
    congress.add(congress.registration(id, 1));
    const early = congress.commitment(id, 1);
    assert.equal(congress.refusal(early), "order.state");
    congress.add(congress.registration(id, 2));
    const commitment = congress.commitment(id, 1);
    assert.equal(congress.refusal({ ...commitment, index: 3 }), "ceremony.index");
    const confirmation = { ceremony: id, index: 1, transcript: NONE, signature: "" };
    assert.equal(
      congress.refusal({ type: "trustee-confirmation", ...confirmation }),
      "order.state",
    );
    congress.add(commitment);
    assert.equal(congress.refusal({ ...commitment, proof: "" }), "ceremony.index");
    const late = { ...congress.registration(id, 1), name: "late" };
    assert.equal(congress.refusal(late), "order.state");
    congress.add(congress.commitment(id, 2));
    assert.equal(congress.refusal(keys), "order.state");
    congress.add(congress.confirmation(id, 1));
    assert.equal(
      congress.refusal({ ...congress.confirmation(id, 1), signature: "A" }),
      "ceremony.index",
    );
    assert.equal(congress.refusal({ ...commitment, shares: [] }), "order.state");
    assert.equal(congress.refusal(keys), "order.state");
    congress.add(congress.confirmation(id, 2));
    assert.equal(congress.refusal(keys), "ceremony.keys");
  });

  test("nothing more after the keys", () => {
    const congress = new Congress();
    const { ceremony, keys } = congress.begin();
    const state = congress.replay.keys.get(keys)!;
    assert.equal(congress.refusal({ ...state.keys!, joint: "" }), "order.repeated");
    const again = { ...congress.confirmation(ceremony, 1), signature: "" };
    assert.equal(congress.refusal(again), "order.state");
  });
});

describe("cards", () => {
  test("rolls are sorted lists of distinct cards", () => {
    const congress = new Congress();
    const session = congress.add({ type: "session", congress: "C", name: "S", deputies: 3 }).id;
    const sorted = credentials(1, 2, 3);
    for (const bad of [[], [...sorted].reverse(), [sorted[0]!, sorted[0]!]]) {
      assert.equal(
        congress.refusal({ type: "roll", session, credentials: bad }),
        "roll.credentials",
      );
    }
  });

  test("issued once, from the roll", () => {
    const congress = new Congress();
    const { session } = congress.begin();
    const roll = congress.roll(session);
    const issue = (names: string[]): string | null =>
      congress.refusal({ type: "issue", roll, credentials: names });
    assert.equal(issue(credentials(0)), "issue.credential");
    assert.equal(issue(credentials(9)), "issue.credential");
    assert.equal(issue([...credentials(3), ...credentials(3)]), "issue.credential");
    assert.equal(issue([]), null);
    assert.equal(issue(credentials(3)), null);
  });

  test("A44: revoked once, after their issue, and then of no use", () => {
    const [congress, state] = opened();
    const { roll } = state.value;
    const revoke = (...names: number[]): Revoke => {
      return { type: "revoke", roll, credentials: credentials(...names), reason: "lost" };
    };
    assert.equal(congress.refusal(revoke(3)), "revoke.credential");
    assert.equal(congress.refusal(revoke(1, 1)), "revoke.credential");
    congress.add(revoke(1));
    assert.equal(congress.refusal({ ...revoke(1), reason: "again" }), "revoke.credential");
    assert.equal(
      congress.refusal(ballotOf(state.paper, 1, choose("p1")).value),
      "ballot.credential",
    );
    assert.equal(
      congress.refusal(challengeOf(state.paper, 1, choose("p1")).value),
      "ballot.credential",
    );
  });

  test("not revoked while their ballot stands in an open election", () => {
    const [congress, state] = opened();
    const { roll } = state.value;
    congress.cast(state.paper, 0, choose("p1"));
    const revoke = { type: "revoke", roll, credentials: credentials(0), reason: "" } as const;
    assert.equal(congress.refusal(revoke), "revoke.voted");
    congress.add(congress.closing(state));
    assert.equal(congress.refusal(revoke), null);
  });
});

describe("ballots at their place", () => {
  test("before the opening and after the close (A37)", () => {
    const congress = new Congress();
    const { session, keys } = congress.begin();
    const roll = congress.roll(session);
    const value = { type: "election", session, keys, roll, manifest: approval(3, 1) } as const;
    const election = congress.add(value).id;
    const state = congress.replay.elections.get(election)!;
    const ballot = ballotOf(state.paper, 0, choose("p1")).value;
    assert.equal(congress.refusal(ballot), "ballot.closed");
    assert.equal(
      congress.refusal(challengeOf(state.paper, 0, choose("p1")).value),
      "ballot.closed",
    );
    assert.equal(congress.refusal(congress.closing(state)), "order.state");
    congress.add({ type: "open", election, present: 3, time: TIME });
    assert.equal(
      congress.refusal({ type: "open", election, present: 4, time: TIME }),
      "order.repeated",
    );
    assert.equal(congress.refusal(addBallots(state.paper, [])), "order.state");
    congress.add(congress.closing(state));
    assert.equal(congress.refusal(ballot), "ballot.closed");
    const again = { ...congress.closing(state), time: "2026-02-01T10:00:00Z" };
    assert.equal(congress.refusal(again), "order.repeated");
  });

  test("A9: of a card that was never issued", () => {
    const [congress, state] = opened();
    for (const number of [3, 9]) {
      const ballot = ballotOf(state.paper, number, choose("p1")).value;
      assert.equal(congress.refusal(ballot), "ballot.credential");
    }
  });

  test("A42: a second of one card, and the first once more", () => {
    const [congress, state] = opened();
    const first = congress.cast(state.paper, 0, choose("p1"));
    assert.equal(congress.refusal(first.value), "order.repeated");
    assert.equal(congress.refusal(ballotOf(state.paper, 0, choose("p2")).value), "ballot.second");
  });

  test("A6: with a C0 of another's", () => {
    const [congress, state] = opened();
    const r = hashToScalar("test-r");
    congress.add(withRandomness(state.paper, 0, () => r));
    assert.equal(congress.refusal(withRandomness(state.paper, 1, () => r)), "ballot.reused");
    assert.equal(congress.refusal(withRandomness(state.paper, 1, () => r + 1n)), null);
  });

  test("A8: challenged before, or challenged after", () => {
    const [congress, state] = opened();
    const challenge = congress.add(challengeOf(state.paper, 0, choose("p1")).value);
    assert.equal(congress.refusal(challenge.value.ballot), "ballot.challenged");
    const other = signObject({ ...challenge.value.ballot }, cardSeed(card(0)));
    assert.equal(
      congress.refusal({ ...other, signature: toB64u(new Uint8Array(64)) }),
      "ballot.challenged",
    );
    congress.cast(state.paper, 1, choose("p1"));
    assert.equal(
      congress.refusal(challengeOf(state.paper, 1, choose("p1")).value),
      "challenge.accepted",
    );
  });

  test("A33: garbage is refused before it can do harm", () => {
    const [congress, state] = opened();
    const { value } = ballotOf(state.paper, 0, choose("p1"));
    assert.equal(congress.refusal({ ...value, ciphertext: "" }), "ballot.length");
    assert.equal(
      congress.refusal({ ...value, proof: value.proof.replace(/^./, "_") }),
      "group.point",
    );
    assert.equal(
      congress.refusal({ ...value, signature: toB64u(new Uint8Array(64)) }),
      "object.signature",
    );
    assert.equal(congress.refusal(value), null);
  });

  test("are judged once, wherever that was done", () => {
    const [congress, { paper }] = opened();
    const ballot = ballotOf(paper, 0, choose("p1"));
    const { replay } = congress;
    const take = (verdict: Parameters<typeof replay.take>[1]): void => replay.take(ballot, verdict);
    assert.throws(() => take(new Malformed("ballot.length")), { rule: "ballot.length" });
    assert.throws(() => take(new Invalid("ballot.bits")), { rule: "ballot.bits" });
    take(checkBallot(paper, ballot));
    assert.throws(() => judgeBallot(null as unknown as Paper, ballot), TypeError);
  });
});

describe("the end of an election", () => {
  test("closing with other numbers", () => {
    const [congress, state] = opened();
    congress.cast(state.paper, 0, choose("p1"));
    const close = congress.closing(state);
    assert.equal(congress.refusal({ ...close, issued: 4 }), "close.issued");
    assert.equal(congress.refusal({ ...close, ballots: 2 }), "close.ballots");
    assert.equal(congress.refusal(close), null);
  });

  test("one tally, of all ballots", () => {
    const [congress, state] = opened();
    congress.cast(state.paper, 0, choose("p1"));
    congress.close(state);
    const tally = addBallots(state.paper, []);
    assert.equal(congress.refusal(tally), "order.repeated");
  });

  test("A23: a tally of no ballots, or of others", () => {
    const [congress, state] = opened();
    congress.cast(state.paper, 0, choose("p1"));
    congress.add(congress.closing(state));
    const tally = addBallots(state.paper, []);
    assert.equal(congress.refusal(tally), "tally.ballots");
    assert.equal(congress.refusal({ ...tally, ballots: 1 }), "tally.ciphertext");
  });

  test("shares, result and outcome", () => {
    const congress = new Congress(2, 2);
    const state = congress.open();
    congress.cast(state.paper, 0, choose("p1"));
    congress.close(state);
    const tally = state.count!.id;
    const share = congress.add(congress.share(state, 2)).value;
    assert.equal(congress.refusal({ ...share, proof: "" }), "decryption.index");
    const early = { type: "result", tally, trustees: [2], counts: [1, 0, 0, 0, 0] } as const;
    assert.equal(congress.refusal(early), "order.state");
    assert.equal(congress.refusal({ ...share, index: 3 }), "decryption.index");
    congress.add(congress.share(state, 1));
    const result = congress.resultOf(state);
    assert.equal(congress.refusal({ ...result, trustees: [2, 1] }), "result.trustees");
    assert.equal(congress.refusal({ ...result, counts: [0, 1, 0, 0, 0] }), "result.counts");
    const { id } = congress.add(result);
    assert.equal(congress.refusal({ ...result, counts: [] }), "order.repeated");
    assert.equal(congress.refusal({ ...share, index: 1, proof: "" }), "order.state");
    const outcome = decide(state.paper.style, result.counts, state.turnout, id);
    assert.ok("elected" in outcome);
    assert.equal(congress.refusal({ ...outcome, elected: ["p2"] }), "outcome.value");
    const rating = { type: "outcome", result: id, valid: true, quorum: 2, grades: {} } as const;
    assert.equal(congress.refusal(rating), "outcome.value");
    congress.add(outcome);
    assert.equal(congress.refusal({ ...outcome, open_seats: 9 }), "order.repeated");
  });

  test("nothing after an annulment", () => {
    const [congress, state] = opened();
    const { election } = state.paper;
    const ballot = ballotOf(state.paper, 0, choose("p1")).value;
    const challenge = challengeOf(state.paper, 0, choose("p1")).value;
    congress.close(state);
    const share = congress.share(state, 1);
    congress.add({ type: "annul", election, reason: "fire", time: TIME });
    const late = [
      { type: "open", election, present: 1, time: TIME } as const,
      ballot,
      challenge,
      { ...congress.closing(state), present: 2 },
      { ...addBallots(state.paper, []), ballots: 1 },
      share,
      { type: "result", tally: state.count!.id, trustees: [], counts: [] } as const,
      { type: "annul", election, reason: "again", time: TIME } as const,
    ];
    for (const value of late) {
      assert.equal(congress.refusal(value), "order.annulled", value.type);
    }
    assert.equal(state.isOpen, false);
  });

  test("numbers of an election that is not closed are a mistake of the caller", () => {
    const [, state] = opened();
    const message = "the election was not closed";
    assert.throws(() => state.turnout, { name: "TypeError", message });
  });
});

describe("state", () => {
  test("a refused object changes nothing", () => {
    const [congress, state] = opened();
    const ballot = ballotOf(state.paper, 0, choose("p1"));
    congress.refusal({ ...ballot.value, proof: ballot.value.commitment });
    assert.equal(state.ballots.size, 0);
    assert.equal(congress.refusal(ballot.value), null);
    assert.ok(congress.replay.seen.has(store(ballot.value).id));
  });
});
