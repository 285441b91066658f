/** What may be marked on each kind of paper, and that every finished paper can be sealed. */

import assert from "node:assert/strict";
import { test } from "node:test";

import {
  type Manifest,
  type Question,
  type Selection,
  checkManifest,
  fillSlots,
} from "../ballots/manifest.js";
import {
  ABSTAIN,
  type Answers,
  NO_ANSWERS,
  hindranceOf,
  lackOf,
  layoutOf,
  restAbstained,
  selectionsOf,
  toggled,
} from "../booth/answers.js";

const DECISION = { seats: 1, threshold: "all", tie: "runoff", shortfall: "vacant" };
const RATING = { base: "all", strict: true };

function question(
  id: string,
  options: readonly string[],
  bounds: Partial<Question> = {},
): Question {
  const listed = options.map((name) => ({ id: name, title: name }));
  return { id, title: id, options: listed, min: 1, max: 1, abstain: true, ...bounds };
}

function manifest(
  questions: readonly Question[],
  limits: Manifest["limits"] = [],
  kind = "decision",
): Manifest {
  const rules = kind === "rating" ? RATING : DECISION;
  return { title: "", kind, round: 1, questions: [...questions], limits, rules };
}

const names = (number: number): string[] => Array.from({ length: number }, (_, i) => `p${i + 1}`);
const SHEET = manifest([question("projects", names(30), { max: 10 })]);
const APART = manifest(
  names(4).map((id) => question(id, ["for", "against"])),
  [{ options: names(4).map((id): Selection => [id, "for"]), min: 0, max: 2 }],
);
const RATINGS = manifest(
  names(40).map((id) => question(id, ["satisfied", "basic", "dissatisfied"])),
  [],
  "rating",
);

/** Mark as a deputy does: what is hindered stays unmarked. */
function marked(paper: Manifest, ...marks: readonly Selection[]): Answers {
  return marks.reduce((answers, [id, option]) => {
    const found = paper.questions.find((q) => q.id === id)!;
    const isHindered = hindranceOf(paper, answers, found, option) !== null;
    return isHindered ? answers : toggled(answers, found, option);
  }, NO_ANSWERS);
}

function seals(paper: Manifest, answers: Answers): void {
  fillSlots(checkManifest(paper), selectionsOf(paper, answers));
}

test("one list is a sheet, an answer to each matter is rows", () => {
  assert.deepEqual([SHEET, APART, RATINGS].map(layoutOf), ["sheet", "rows", "rows"]);
});

test("a sheet takes up to its number and no more", () => {
  const all = names(30).map((id): Selection => ["projects", id]);
  const answers = marked(SHEET, ...all);
  assert.equal(selectionsOf(SHEET, answers).length, 10);
  assert.equal(lackOf(SHEET, answers), null);
  seals(SHEET, answers);
});

test("selections stand in the order of the paper, whatever the order of touches", () => {
  const answers = marked(SHEET, ["projects", "p9"], ["projects", "p2"]);
  assert.deepEqual(selectionsOf(SHEET, answers), [
    ["projects", "p2"],
    ["projects", "p9"],
  ]);
});

test("abstaining is a ballot of its own", () => {
  const answers = marked(SHEET, ["projects", "p1"], ["projects", ABSTAIN]);
  assert.deepEqual(selectionsOf(SHEET, answers), [["projects", ABSTAIN]]);
  seals(SHEET, answers);
});

test("a sheet of which one may be chosen lets the deputy move the choice", () => {
  const single = manifest([question("projects", names(9))]);
  const answers = marked(single, ["projects", "p1"], ["projects", "p7"]);
  assert.deepEqual(selectionsOf(single, answers), [["projects", "p7"]]);
  const abstained = marked(single, ["projects", "p1"], ["projects", ABSTAIN], ["projects", "p2"]);
  assert.deepEqual(selectionsOf(single, abstained), [["projects", "p2"]]);
});

test("a limit over all matters holds, and an answer already given can move", () => {
  const two = marked(APART, ["p1", "for"], ["p2", "for"]);
  assert.deepEqual(hindranceOf(APART, two, APART.questions[2]!, "for"), {
    why: "limit",
    max: 2,
    option: "for",
  });
  const moved = marked(APART, ["p1", "for"], ["p2", "for"], ["p1", "against"], ["p3", "for"]);
  assert.deepEqual(selectionsOf(APART, moved), [
    ["p1", "against"],
    ["p2", "for"],
    ["p3", "for"],
  ]);
});

test("unanswered matters are counted and the first is pointed at", () => {
  const answers = marked(APART, ["p1", "for"]);
  assert.deepEqual(lackOf(APART, answers), { why: "unanswered", question: "p2", missing: 3 });
});

test("a limit from below is asked for", () => {
  const floor = { ...APART, limits: [{ ...APART.limits[0]!, min: 2 }] };
  const answers = marked(floor, ...names(4).map((id): Selection => [id, "against"]));
  assert.deepEqual(lackOf(floor, answers), { why: "limit", question: "p1", missing: 2 });
});

test("a rating of dozens can be finished by abstaining on the rest", () => {
  const answers = restAbstained(RATINGS, marked(RATINGS, ["p3", "satisfied"], ["p4", ABSTAIN]));
  assert.equal(lackOf(RATINGS, answers), null);
  const selections = selectionsOf(RATINGS, answers);
  assert.equal(selections.filter(([, option]) => option === ABSTAIN).length, 39);
  assert.deepEqual(selections[2], ["p3", "satisfied"]);
  seals(RATINGS, answers);
});

test("whatever is touched, a paper without a lack can be sealed", () => {
  let seed = 1;
  const next = (below: number): number => {
    seed = (seed * 48271) % 2147483647;
    return seed % below;
  };
  for (const paper of [SHEET, APART, RATINGS]) {
    for (let run = 0; run < 60; run += 1) {
      const touches = Array.from({ length: next(60) }, (): Selection => {
        const { id, options } = paper.questions[next(paper.questions.length)]!;
        return [id, [...options.map((o) => o.id), ABSTAIN][next(options.length + 1)]!];
      });
      const answers = marked(paper, ...touches);
      if (lackOf(paper, answers) === null) {
        seals(paper, answers);
      } else {
        assert.throws(() => seals(paper, answers), { rule: "selections" });
      }
    }
  }
});
