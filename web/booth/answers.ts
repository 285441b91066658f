/** What a deputy has marked on a paper, what may still be marked, and why something may not. */

import type { Limit, Manifest, Question, Selection } from "../ballots/manifest.js";

export const ABSTAIN = "abstain";

/** A sheet has options to choose among; a row has one answer to one matter. */
export type Layout = "sheet" | "rows";

/** The marks of one question; while abstaining, what was chosen before is set aside. */
export interface Mark {
  readonly chosen: readonly string[];
  readonly isAbstaining: boolean;
}

/** Marks by question id; a question without any is unmarked. */
export type Answers = Readonly<Record<string, Mark>>;

/** Why an option can't be marked now. */
export type Hindrance =
  | { readonly why: "full"; readonly max: number }
  | { readonly why: "limit"; readonly max: number; readonly option: string }
  | { readonly why: "abstaining" };

/** What is missing before the paper can be sealed, at the first question it concerns. */
export type Lack =
  | { readonly why: "few"; readonly question: string; readonly missing: number }
  | { readonly why: "unanswered"; readonly question: string; readonly missing: number }
  | { readonly why: "limit"; readonly question: string; readonly missing: number };

export const NO_ANSWERS: Answers = {};
const UNMARKED: Mark = { chosen: [], isAbstaining: false };
const MOST_CHOICES = 6;

/** Several questions with few answers each are rows; anything else is a sheet. */
export function layoutOf({ questions }: Manifest): Layout {
  const areShort = questions.every(
    ({ max, options }) => max === 1 && options.length <= MOST_CHOICES,
  );
  return questions.length > 1 && areShort ? "rows" : "sheet";
}

/** Give the marks of a question. */
export function markOf(answers: Answers, question: string): Mark {
  return answers[question] ?? UNMARKED;
}

/** Tell whether an option is marked, so that it counts. */
export function isMarked(answers: Answers, question: string, option: string): boolean {
  const { chosen, isAbstaining } = markOf(answers, question);
  return option === ABSTAIN ? isAbstaining : !isAbstaining && chosen.includes(option);
}

/** Say why an option can't be marked now, `null` where it can; taking a mark away always can. */
export function hindranceOf(
  manifest: Manifest,
  answers: Answers,
  question: Question,
  option: string,
): Hindrance | null {
  const { chosen, isAbstaining } = markOf(answers, question.id);
  const isSingle = question.max === 1;
  if (option === ABSTAIN || isMarked(answers, question.id, option)) {
    return null;
  }
  if (isAbstaining && !isSingle) {
    return { why: "abstaining" };
  }
  if (!isSingle && chosen.length >= question.max) {
    return { why: "full", max: question.max };
  }
  const others = isSingle ? { ...answers, [question.id]: UNMARKED } : answers;
  const reached = manifest.limits.find(
    (limit) =>
      limit.options.some(([q, o]) => q === question.id && o === option) &&
      countOf(others, limit) >= limit.max,
  );
  return reached === undefined ? null : { why: "limit", max: reached.max, option };
}

/** Mark an option, or take its mark away; only what nothing hinders. */
export function toggled(answers: Answers, question: Question, option: string): Answers {
  const { chosen, isAbstaining } = markOf(answers, question.id);
  if (question.max === 1) {
    const isTaken = isMarked(answers, question.id, option);
    return withMark(answers, question.id, {
      chosen: option === ABSTAIN || isTaken ? [] : [option],
      isAbstaining: option === ABSTAIN && !isTaken,
    });
  }
  if (option === ABSTAIN) {
    return withMark(answers, question.id, { chosen, isAbstaining: !isAbstaining });
  }
  const rest = chosen.filter((id) => id !== option);
  const now = rest.length < chosen.length ? rest : [...chosen, option];
  return withMark(answers, question.id, { chosen: now, isAbstaining });
}

function withMark(answers: Answers, question: string, mark: Mark): Answers {
  return { ...answers, [question]: mark };
}

/** Abstain on every matter that has no answer yet. */
export function restAbstained({ questions }: Manifest, answers: Answers): Answers {
  const open = questions.filter((question) => question.abstain && !isAnswered(answers, question));
  const abstaining = { chosen: [], isAbstaining: true };
  return { ...answers, ...Object.fromEntries(open.map(({ id }) => [id, abstaining])) };
}

/** Tell whether a question has as many marks as it asks for. */
export function isAnswered(answers: Answers, question: Question): boolean {
  const { chosen, isAbstaining } = markOf(answers, question.id);
  return isAbstaining || chosen.length >= Math.max(question.min, 1);
}

/** Count how many of a limit's options are marked. */
export function countOf(answers: Answers, limit: Limit): number {
  return limit.options.filter(([question, option]) => isMarked(answers, question, option)).length;
}

/** Count the options marked in a question; abstaining is none. */
export function chosenOf(answers: Answers, question: Question): number {
  const { chosen, isAbstaining } = markOf(answers, question.id);
  return isAbstaining ? 0 : chosen.length;
}

/** Say what is missing before the paper can be sealed, `null` where nothing is. */
export function lackOf(manifest: Manifest, answers: Answers): Lack | null {
  const short = manifest.questions.filter((question) => missingOf(answers, question) > 0);
  const [first] = short;
  if (first !== undefined) {
    return layoutOf(manifest) === "rows"
      ? { why: "unanswered", question: first.id, missing: short.length }
      : { why: "few", question: first.id, missing: missingOf(answers, first) };
  }
  for (const limit of manifest.limits) {
    const missing = limit.min - countOf(answers, limit);
    if (missing > 0) {
      return { why: "limit", question: limit.options[0]![0], missing };
    }
  }
  return null;
}

function missingOf(answers: Answers, question: Question): number {
  const { isAbstaining } = markOf(answers, question.id);
  return isAbstaining ? 0 : Math.max(0, question.min - chosenOf(answers, question));
}

/** Give the marks as the protocol's selections, in the order of the paper. */
export function selectionsOf({ questions }: Manifest, answers: Answers): Selection[] {
  return questions.flatMap((question) =>
    [...question.options.map(({ id }) => id), ABSTAIN]
      .filter((option) => isMarked(answers, question.id, option))
      .map((option): Selection => [question.id, option]),
  );
}
