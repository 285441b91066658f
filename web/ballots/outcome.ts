/** Protocol §9. What the rules make of the counts: whole numbers in, project ids out. */

import type { DecisionRules, RatingRules, Style } from "./manifest.js";
import type { DecisionOutcome, ObjectId, RatingOutcome } from "./objects.js";

/** All deputies (N), those present (P), cards issued and ballots accepted at the close. */
export class Turnout {
  constructor(
    readonly deputies: number,
    readonly present: number,
    readonly issued: number,
    readonly ballots: number,
  ) {}

  /** Give two thirds of all deputies, rounded up, without passing 2^53 on the way. */
  get quorum(): number {
    return this.deputies - Math.floor(this.deputies / 3);
  }

  /** Tell whether the sitting had its quorum and no more ballots than cards, cards than people. */
  get isValid(): boolean {
    return (
      this.present >= this.quorum && this.ballots <= this.issued && this.issued <= this.present
    );
  }
}

/** Give the outcome of an election from its counts, an option slot each; `result` is an id. */
export function decide(
  style: Style,
  counts: readonly number[],
  turnout: Turnout,
  result: ObjectId,
): DecisionOutcome | RatingOutcome {
  if ("base" in style.rules) {
    return grade(style, style.rules, counts, { turnout, result });
  }
  const votes = new Map<string, number>();
  style.projects.forEach((slot, project) => votes.set(project, counts[slot]!));
  return rank(votes, style.rules, turnout, result);
}

/** Give the number of votes that a project needs. */
export function requiredVotes(rules: DecisionRules, turnout: Turnout): number {
  switch (rules.threshold) {
    case "all":
      return Math.floor(turnout.deputies / 2) + 1;
    case "present":
      return Math.floor(turnout.present / 2) + 1;
    case "valid":
      return Math.floor(turnout.ballots / 2) + 1;
    case "none":
      return 0;
  }
}

function rank(
  votes: ReadonlyMap<string, number>,
  rules: DecisionRules,
  turnout: Turnout,
  result: ObjectId,
): DecisionOutcome {
  const required = requiredVotes(rules, turnout);
  const head = { type: "outcome", result, valid: turnout.isValid, quorum: turnout.quorum } as const;
  if (!turnout.isValid) {
    return { ...head, required, elected: [], tied: [], not_elected: [], open_seats: 0 };
  }
  const passing = [...votes].filter(([, number]) => number >= Math.max(required, 1));
  passing.sort(([, a], [, b]) => b - a);
  let elected = passing;
  let tied: typeof passing = [];
  if (passing.length > rules.seats) {
    const [, cut] = passing[rules.seats - 1]!;
    elected = passing.filter(([, number]) => number >= cut);
    if (elected.length > rules.seats) {
      tied = elected.filter(([, number]) => number === cut);
      elected = elected.filter(([, number]) => number > cut);
    }
  }
  const told = new Set([...elected, ...tied].map(([project]) => project));
  return {
    ...head,
    required,
    elected: elected.map(([project]) => project),
    tied: tied.map(([project]) => project),
    not_elected: [...votes.keys()].filter((project) => !told.has(project)),
    open_seats: rules.seats - elected.length,
  };
}

function grade(
  style: Style,
  rules: RatingRules,
  counts: readonly number[],
  { turnout, result }: { readonly turnout: Turnout; readonly result: ObjectId },
): RatingOutcome {
  const bases = { all: turnout.deputies, present: turnout.present, valid: turnout.ballots };
  const votes = new Map(
    style.optionSlots.map((selection, slot) => [selection.join(), counts[slot]!]),
  );
  const grades: Record<string, string> = {};
  for (const { id } of turnout.isValid ? style.manifest.questions : []) {
    const of = (option: string): number => votes.get(`${id},${option}`)!;
    grades[id] = gradeOf(of("satisfied"), of("basic"), bases[rules.base], rules.strict);
  }
  const { quorum, isValid: valid } = turnout;
  return { type: "outcome", result, valid, quorum, grades };
}

function gradeOf(satisfied: number, basic: number, base: number, isStrict: boolean): string {
  const reaches = (votes: number): boolean => (isStrict ? 2 * votes > base : 2 * votes >= base);
  if (reaches(satisfied)) {
    return "satisfied";
  }
  return reaches(satisfied + basic) ? "basic" : "dissatisfied";
}
