/** Cards of several rolls, and lists in which only one part breaks a rule. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { Congress, approval, choose, credentials, withRandomness } from "./congress.js";

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
    const same = (block: number): bigint | null => (block === 0 ? 7n : null);
    congress.add(withRandomness(paper, 0, same));
    assert.equal(congress.refusal(withRandomness(paper, 1, same)), "ballot.reused");
  });
});
