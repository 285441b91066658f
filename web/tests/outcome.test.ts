/** What the rules make of counts, at their edges. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { type Manifest, checkManifest } from "../ballots/manifest.js";
import type { DecisionOutcome, RatingOutcome } from "../ballots/objects.js";
import { Turnout, decide } from "../ballots/outcome.js";
import { approval } from "./congress.js";

const RULES = { seats: 2, threshold: "none", tie: "runoff", shortfall: "runoff" };
const FULL = new Turnout(9, 9, 9, 9);

/** Decide over four projects and abstaining. */
function decided(counts: readonly number[], rules: object = {}, turnout = FULL) {
  const style = checkManifest(approval(4, 2, { rules: { ...RULES, ...rules } }));
  return decide(style, [...counts, 0], turnout, "r") as DecisionOutcome;
}

describe("a sitting", () => {
  test("has its quorum with two thirds of all deputies, rounded up", () => {
    assert.deepEqual(
      [0, 1, 2, 3, 4, 5, 6, 300].map((deputies) => new Turnout(deputies, 0, 0, 0).quorum),
      [0, 1, 2, 2, 3, 4, 4, 200],
    );
  });

  test("is valid with its quorum, no more cards than people, no more ballots than cards", () => {
    const isValid = (...given: [number, number, number, number]) => new Turnout(...given).isValid;
    assert.ok(isValid(9, 6, 6, 6));
    assert.ok(isValid(9, 7, 6, 5));
    assert.ok(!isValid(9, 5, 5, 5));
    assert.ok(!isValid(9, 6, 6, 7));
    assert.ok(!isValid(9, 6, 7, 6));
    assert.ok(!isValid(9, 5, 6, 6));
  });
});

describe("decisions", () => {
  test("need more than half of what the rule names, or one vote", () => {
    const turnout = new Turnout(9, 7, 6, 4);
    const required = (threshold: string): number => decided([9], { threshold }, turnout).required;
    assert.deepEqual(["all", "present", "valid", "none"].map(required), [5, 4, 3, 0]);
    assert.equal(decided([9], { threshold: "all" }, new Turnout(8, 8, 8, 8)).required, 5);
    assert.deepEqual(decided([4, 5, 0, 0], { threshold: "all" }).elected, ["p2"]);
    assert.deepEqual(decided([0, 1, 0, 0]).elected, ["p2"]);
  });

  test("elect by votes, then by the order on the ballot", () => {
    assert.deepEqual(decided([1, 5, 0, 3]), {
      type: "outcome",
      result: "r",
      valid: true,
      quorum: 6,
      required: 0,
      elected: ["p2", "p4"],
      tied: [],
      not_elected: ["p1", "p3"],
      open_seats: 0,
    });
    assert.deepEqual(decided([3, 3, 0, 0]).elected, ["p1", "p2"]);
  });

  test("leave seats open, and tie where the last seat has more than one", () => {
    const seats = ({ elected, tied, not_elected, open_seats }: DecisionOutcome) => [
      elected,
      tied,
      not_elected,
      open_seats,
    ];
    assert.deepEqual(seats(decided([0, 5, 0, 0])), [["p2"], [], ["p1", "p3", "p4"], 1]);
    assert.deepEqual(seats(decided([3, 5, 3, 1])), [["p2"], ["p1", "p3"], ["p4"], 1]);
    assert.deepEqual(seats(decided([3, 3, 3, 1])), [[], ["p1", "p2", "p3"], ["p4"], 2]);
    assert.deepEqual(seats(decided([3, 3, 2, 2])), [["p1", "p2"], [], ["p3", "p4"], 0]);
  });

  test("say nothing of projects where the sitting was not valid", () => {
    assert.deepEqual(decided([5, 5, 0, 0], {}, new Turnout(9, 5, 5, 5)), {
      type: "outcome",
      result: "r",
      valid: false,
      quorum: 6,
      required: 0,
      elected: [],
      tied: [],
      not_elected: [],
      open_seats: 0,
    });
  });
});

describe("ratings", () => {
  const rated = (counts: readonly number[], rules: object, turnout = FULL) => {
    const options = ["satisfied", "basic", "dissatisfied"].map((id) => ({ id, title: id }));
    const question = { title: "", options, min: 1, max: 1, abstain: false };
    const questions = ["p1", "p2"].map((id) => ({ ...question, id }));
    const changes = { kind: "rating", rules, questions } as unknown as Partial<Manifest>;
    const style = checkManifest(approval(1, 1, changes));
    return decide(style, counts, turnout, "r") as RatingOutcome;
  };

  test("take half of their base, or more than half where they are strict", () => {
    const turnout = new Turnout(12, 10, 9, 8);
    const grades = (base: string, strict: boolean, ...counts: number[]) => {
      const { grades } = rated(counts, { base, strict }, turnout);
      return [grades["p1"], grades["p2"]];
    };
    assert.deepEqual(grades("all", false, 6, 0, 6, 5, 1, 6), ["satisfied", "basic"]);
    assert.deepEqual(grades("all", true, 6, 1, 5, 6, 0, 6), ["basic", "dissatisfied"]);
    assert.deepEqual(grades("present", false, 5, 0, 5, 4, 0, 5), ["satisfied", "dissatisfied"]);
    assert.deepEqual(grades("valid", true, 5, 0, 3, 4, 1, 3), ["satisfied", "basic"]);
    assert.deepEqual(grades("valid", false, 4, 0, 4, 3, 1, 4), ["satisfied", "basic"]);
  });

  test("give no grades where the sitting was not valid", () => {
    const counts = [5, 0, 0, 5, 0, 0];
    const outcome = rated(counts, { base: "all", strict: false }, new Turnout(9, 5, 5, 5));
    const { quorum } = FULL;
    assert.deepEqual(outcome, { type: "outcome", result: "r", valid: false, quorum, grades: {} });
    assert.equal(rated(counts, { base: "all", strict: false }).valid, true);
  });
});
