/** What is refused in manifests and selections; laws of slack. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import {
  type Manifest,
  type Question,
  type Term,
  checkManifest,
  fillSlots,
  parseManifest,
  slackCoefficients,
} from "../ballots/manifest.js";
import { approval, choose, ruleOf } from "./congress.js";

const plain = approval(3, 2);
const [question] = plain.questions as [Question];
const check = (changes: object): string | null =>
  ruleOf(() => checkManifest(parseManifest({ ...plain, ...changes })));
const asked = (changes: Partial<Question>): object => ({
  questions: [{ ...question, ...changes }],
});
const options = (...ids: string[]) => ids.map((id) => ({ id, title: id }));
const forAgainst: Question = {
  id: "p1",
  title: "1",
  options: options("for", "against"),
  min: 1,
  max: 1,
  abstain: false,
};
const graded: Question = {
  ...forAgainst,
  options: options("satisfied", "basic", "dissatisfied"),
  abstain: true,
};
const rating = { kind: "rating", rules: { base: "all", strict: true }, questions: [graded] };

const rated = (changes: Partial<Question>): object => ({
  ...rating,
  questions: [{ ...graded, ...changes }],
});

describe("manifests are refused", () => {
  const cases: [string, object, string | null][] = [
    ["for their form", { title: 1 }, "object.schema"],
    ["for a rule of no value", { rules: { seats: undefined } }, "object.schema"],
    ["for an unknown member", { more: 1 }, "object.schema"],
    ["for rules that are no object", { rules: [] }, "object.schema"],
    ["for an id of another form", asked({ id: "Projects" }), "manifest.shape"],
    ["for an empty id", asked({ options: options("") }), "manifest.shape"],
    ["for an option's long id", asked({ options: options("x".repeat(33)) }), "manifest.shape"],
    ["for an unknown kind", { kind: "poll" }, "manifest.shape"],
    ["for round 0", { round: 0 }, "manifest.shape"],
    ["for a later round without previous", { round: 2 }, "manifest.shape"],
    ["for a first round with previous", { previous: "0".repeat(64) }, "manifest.shape"],
    ["for a previous that is no id", { round: 2, previous: "x" }, "encoding.hex"],
    ["for rules of another kind", { rules: rating.rules }, "manifest.shape"],
    ["for no seats", { rules: { ...plain.rules, seats: 0 } }, "manifest.shape"],
    [
      "for an unknown threshold",
      { rules: { ...plain.rules, threshold: "most" } },
      "manifest.shape",
    ],
    ["for a rule too many", { rules: { ...plain.rules, more: 1 } }, "manifest.shape"],
    ["for no question", { questions: [] }, "manifest.empty"],
    ["for no options", asked({ options: [] }), "manifest.empty"],
    ["for a limit of nothing", { limits: [{ options: [], min: 0, max: 1 }] }, "manifest.empty"],
    [
      "for an option called abstain",
      asked({ options: options("a", "abstain") }),
      "manifest.reserved",
    ],
    [
      "for such an option in a later question",
      { questions: [question, { ...forAgainst, options: options("abstain", "for") }] },
      "manifest.reserved",
    ],
    ["for an option twice", asked({ options: options("a", "a") }), "manifest.repeated"],
    ["for a question twice", { questions: [question, question] }, "manifest.repeated"],
    [
      "for a limit that repeats",
      { limits: [{ options: [...choose("p1"), ...choose("p1")], min: 0, max: 1 }] },
      "manifest.repeated",
    ],
    [
      "for a limit on nothing known",
      { limits: [{ options: choose("p9"), min: 0, max: 1 }] },
      "manifest.unknown",
    ],
    [
      "for a limit on something known and something not",
      { limits: [{ options: choose("p1", "p9"), min: 0, max: 1 }] },
      "manifest.unknown",
    ],
    [
      "for a limit on abstaining",
      { limits: [{ options: choose("abstain"), min: 0, max: 1 }] },
      "manifest.unknown",
    ],
    ["for min over max", asked({ min: 3 }), "manifest.bounds"],
    ["for max 0", asked({ min: 0, max: 0 }), "manifest.bounds"],
    ["for max over the options", asked({ max: 4 }), "manifest.bounds"],
    [
      "for a limit's max",
      { limits: [{ options: choose("p1"), min: 0, max: 2 }] },
      "manifest.bounds",
    ],
    [
      "for a pivot spoken for",
      { limits: [{ options: choose("p1", "p2"), min: 1, max: 1 }] },
      "manifest.pivot",
    ],
    [
      "for more slots than a ballot can have",
      {
        questions: Array.from({ length: 40 }, (_, i) => ({
          ...forAgainst,
          id: `q${i}`,
          options: options(...Array.from({ length: 110 }, (_, j) => `q${i}o${j}`)),
        })),
      },
      "manifest.bounds",
    ],
    ["for a rating's other options", { ...rating, questions: [forAgainst] }, "manifest.shape"],
    [
      "for a rating with a question too many",
      { ...rating, questions: [graded, { ...forAgainst, id: "p2" }] },
      "manifest.shape",
    ],
    ["for a rating without answer", rated({ min: 0 }), "manifest.shape"],
    ["for a rating with two answers", rated({ max: 2 }), "manifest.shape"],
    ["for a rating of two answers", rated({ min: 2, max: 2 }), "manifest.shape"],
    [
      "for one project in two questions",
      { questions: [question, { ...question, id: "q" }] },
      "manifest.repeated",
    ],
    [
      "for a project named like an item",
      { questions: [forAgainst, { ...question, id: "q", options: options("p1", "x") }] },
      "manifest.repeated",
    ],
    ["not as it stands", {}, null],
    ["not for one seat", { rules: { ...plain.rules, seats: 1 } }, null],
    ["not for an advisory vote", { kind: "advisory" }, null],
    ["not for a later round", { round: 2, previous: "0".repeat(64) }, null],
    ["not for a rating", rating, null],
    [
      "not for an option named like a question",
      { questions: [question, { ...question, id: "q", options: options("projects", "x") }] },
      null,
    ],
    ["not for items", { questions: [forAgainst, { ...forAgainst, id: "p2" }] }, null],
    [
      "not for a limit on one question's options",
      { limits: [{ options: choose("p1", "p2"), min: 0, max: 1 }] },
      null,
    ],
  ];
  for (const [why, changes, rule] of cases) {
    test(why, () => {
      assert.equal(check(changes), rule);
    });
  }
});

describe("rules", () => {
  const ruled = (member: string, value: string) => ({ rules: { ...plain.rules, [member]: value } });

  test("take every word of the page, and no other", () => {
    for (const [member, words] of [
      ["threshold", ["all", "present", "valid", "none"]],
      ["tie", ["runoff", "presidium"]],
      ["shortfall", ["runoff", "next", "vacant"]],
    ] as const) {
      for (const word of words) {
        assert.equal(check(ruled(member, word)), null, word);
      }
      assert.equal(check(ruled(member, "")), "manifest.shape");
    }
    for (const base of ["all", "present", "valid"]) {
      assert.equal(check({ ...rating, rules: { base, strict: false } }), null, base);
    }
    assert.equal(check({ ...rating, rules: { base: "none", strict: false } }), "manifest.shape");
  });
});

describe("the layout of long ballots", () => {
  const asking = (number: number): Manifest => {
    const ids = Array.from({ length: number }, (_, i) => `o${i}`);
    const asked = { ...question, options: options(...ids), min: 1, max: 1, abstain: false };
    return { ...plain, questions: [asked] };
  };

  test("a block ends after 32 slots, the last takes the slack", () => {
    const style = checkManifest({
      ...plain,
      questions: [{ ...asking(64).questions[0]!, min: 0, max: 3 }],
    });
    assert.deepEqual(style.blocks, [
      { start: 0, end: 32 },
      { start: 32, end: 66 },
    ]);
    assert.equal(style.slots, 66);
    const places = [0, 31, 32, 63, 64, 65].map((slot) => style.blockOf(slot));
    assert.deepEqual(places, [0, 0, 1, 1, 1, 1]);
    assert.deepEqual(style.constraints[0]!.slack, [
      [64, 1],
      [65, 2],
    ]);
  });

  test("slack is filled from its largest part", () => {
    const three = { ...asking(3).questions[0]!, min: 0, max: 3 };
    const style = checkManifest({ ...plain, questions: [three] });
    const bits = (...names: string[]) =>
      fillSlots(
        style,
        names.map((name) => [question.id, name]),
      );
    assert.deepEqual(bits(), [0, 0, 0, 1, 1]);
    assert.deepEqual(bits("o0"), [1, 0, 0, 0, 1]);
    assert.deepEqual(bits("o0", "o1"), [1, 1, 0, 1, 0]);
    assert.deepEqual(bits("o0", "o1", "o2"), [1, 1, 1, 0, 0]);
  });

  test("4096 slots are not too many, one more is", () => {
    assert.equal(checkManifest(asking(4096)).slots, 4096);
    assert.equal(
      ruleOf(() => checkManifest(asking(4097))),
      "manifest.bounds",
    );
  });
});

describe("projects", () => {
  test("an option each, or a question each where it has an option for", () => {
    const style = checkManifest({
      ...plain,
      questions: [forAgainst, { ...question, id: "q", options: options("x", "y") }],
    });
    assert.deepEqual(
      [...style.projects],
      [
        ["p1", 0],
        ["x", 2],
        ["y", 3],
      ],
    );
  });
});

function weigh(terms: readonly Term[], bits: readonly number[]): number {
  return terms.reduce((sum, [slot, coefficient]) => sum + coefficient * bits[slot]!, 0);
}

describe("selections", () => {
  const limits = [{ options: choose("p1", "p2"), min: 0, max: 1 }];
  const style = checkManifest({ ...plain, limits } as Manifest);
  const fill = (...names: string[]): string | null =>
    ruleOf(() => fillSlots(style, choose(...names)));

  test("as many as the constraints allow", () => {
    assert.equal(fill("p1"), null);
    assert.equal(fill("p1", "p3"), null);
    assert.equal(fill("abstain"), null);
    for (const bad of [
      [],
      ["p1", "p2"],
      ["p1", "p2", "p3"],
      ["p9"],
      ["p1", "p1"],
      ["p1", "p9"],
      ["p1", "abstain"],
    ]) {
      assert.equal(fill(...bad), "selections", bad.join());
    }
    assert.equal(
      ruleOf(() => fillSlots(style, [["other", "p1"]])),
      "selections",
    );
  });

  test("slots and slack add up to the maximum, whatever is chosen", () => {
    const { constraints, slots } = style;
    for (const chosen of [["p1"], ["p2", "p3"], ["abstain"]]) {
      const bits: readonly number[] = fillSlots(style, choose(...chosen));
      assert.equal(bits.length, slots);
      assert.ok(bits.every((bit) => bit === 0 || bit === 1));
      for (const { terms, maximum } of constraints) {
        assert.equal(weigh(terms, bits), maximum);
      }
    }
  });

  test("slack can say every value up to its span", () => {
    for (let span = 0; span <= 70; span += 1) {
      const coefficients = slackCoefficients(span);
      assert.equal(
        coefficients.reduce((sum, c) => sum + c, 0),
        span,
      );
      for (let value = 0; value <= span; value += 1) {
        let left = value;
        for (const c of [...coefficients].sort((x, y) => y - x)) {
          left -= c <= left ? c : 0;
        }
        assert.equal(left, 0, `${value} of ${span}`);
      }
    }
  });
});
