/** Protocol §5. What is asked, and the slots, constraints and blocks that follow from it. */

import { parseHex } from "./encoding.js";
import { Invalid, Malformed } from "./errors.js";
import {
  type Form,
  type Of,
  count,
  flag,
  listOf,
  mapOf,
  oneOf,
  pair,
  shape,
  text,
} from "./schema.js";

/** A question's id and an option's id, the option `abstain` where the question has that slot. */
export type Selection = readonly [question: string, option: string];

export const WIDTH = 32;
export const ABSTAIN = "abstain";
export const FOR = "for";
export const KINDS: readonly string[] = ["decision", "rating", "advisory"];
export const GRADES = ["satisfied", "basic", "dissatisfied"] as const;
export const LARGEST_BALLOT = 4096;

const ID = /^[a-z0-9-]{1,32}$/;

const optionForm = shape({ id: text, title: text });
const questionForm = shape({
  id: text,
  title: text,
  options: listOf(optionForm),
  min: count,
  max: count,
  abstain: flag,
});
const limitForm = shape({ options: listOf(pair), min: count, max: count });
const seats: Form<number> = (value): value is number => count(value) && value >= 1;
const decisionForm = shape({
  seats,
  threshold: oneOf("all", "present", "valid", "none"),
  tie: oneOf("runoff", "presidium"),
  shortfall: oneOf("runoff", "next", "vacant"),
});
const ratingForm = shape({ base: oneOf("all", "present", "valid"), strict: flag });
const anything: Form<unknown> = (value): value is unknown => value !== undefined;

/** The form of a manifest; what it says is checked by `checkManifest`. */
export const manifestForm = shape(
  {
    title: text,
    kind: text,
    round: count,
    questions: listOf(questionForm),
    limits: listOf(limitForm),
    rules: mapOf(anything),
  },
  { previous: text },
);

/** One answer to a question. */
export type Option = Of<typeof optionForm>;
/** One question: how many of its options may be selected, and whether one may abstain. */
export type Question = Of<typeof questionForm>;
/** A bound on how many of the named options, of any questions, may be selected. */
export type Limit = Of<typeof limitForm>;
/** How a decision, or an advisory vote, is decided (§9). */
export type DecisionRules = Of<typeof decisionForm>;
/** How a rating is graded (§9). */
export type RatingRules = Of<typeof ratingForm>;
/** All that is asked in one election. */
export type Manifest = Of<typeof manifestForm>;

/** A slot's number and its coefficient. */
export type Term = readonly [slot: number, coefficient: number];

/** `sum coefficient * slot = maximum` over members and slack; slots are numbers (§5). */
export class Constraint {
  constructor(
    readonly members: readonly Term[],
    readonly slack: readonly Term[],
    readonly minimum: number,
    readonly maximum: number,
  ) {}

  /** Give members and slack as (slot, coefficient). */
  get terms(): readonly Term[] {
    return [...this.members, ...this.slack];
  }

  /** Give the slot whose nonce follows from those of the others. */
  get pivot(): number {
    return (this.slack[0] ?? this.members[this.members.length - 1])![0];
  }
}

/** The slots of one block, from `start` up to but not `end`. */
export interface Block {
  readonly start: number;
  readonly end: number;
}

/** A checked manifest and the layout of its ballots. */
export class Style {
  constructor(
    readonly manifest: Manifest,
    readonly rules: DecisionRules | RatingRules,
    readonly optionSlots: readonly Selection[],
    readonly slots: number,
    readonly constraints: readonly Constraint[],
    readonly blocks: readonly Block[],
  ) {}

  /** Give the number of option slots, which stand before all slack. */
  get options(): number {
    return this.optionSlots.length;
  }

  /** Give the block in which a slot stands. */
  blockOf(slot: number): number {
    return Math.min(Math.floor(slot / WIDTH), this.blocks.length - 1);
  }

  /**
   * Give the slot that counts the votes of each project, in ballot order (§9).
   *
   * A question with an option `for` is one project; of another each option is one.
   */
  get projects(): ReadonlyMap<string, number> {
    const apart = votedApart(this.optionSlots);
    const found = new Map<string, number>();
    this.optionSlots.forEach(([question, option], slot) => {
      if (!apart.has(question) && option !== ABSTAIN) {
        found.set(option, slot);
      } else if (option === FOR) {
        found.set(question, slot);
      }
    });
    return found;
  }
}

function votedApart(optionSlots: readonly Selection[]): ReadonlySet<string> {
  return new Set(optionSlots.filter(([, option]) => option === FOR).map(([question]) => question));
}

/** Give coefficients `1, 2, 4, ..` and a last one that add up to `span`. */
export function slackCoefficients(span: number): number[] {
  const coefficients: number[] = [];
  for (let rest = span; rest > 0; rest -= coefficients[coefficients.length - 1]!) {
    coefficients.push(Math.min(2 ** coefficients.length, rest));
  }
  return coefficients;
}

/** Take JSON as a manifest. Throws `Malformed("object.schema")`; checks no meaning. */
export function parseManifest(value: unknown): Manifest {
  if (!manifestForm(value)) {
    throw new Malformed("object.schema");
  }
  return value;
}

/**
 * Check what a manifest says and lay out its ballots.
 *
 * Throws `Malformed("manifest.shape")` and `Invalid` with the other codes `manifest.*`.
 */
export function checkManifest(manifest: Manifest): Style {
  const rules = checkShape(manifest);
  checkNames(manifest);
  checkBounds(manifest);
  const optionSlots = manifest.questions.flatMap((question) => [
    ...question.options.map((option): Selection => [question.id, option.id]),
    ...(question.abstain ? [[question.id, ABSTAIN] as const] : []),
  ]);
  const constraints = constraintsOf(manifest, optionSlots);
  const slack = constraints.reduce((sum, constraint) => sum + constraint.slack.length, 0);
  const slots = optionSlots.length + slack;
  if (slots > LARGEST_BALLOT) {
    throw new Invalid("manifest.bounds");
  }
  checkProjects(manifest, optionSlots);
  const blocks = blocksOf(optionSlots.length, slots);
  return new Style(manifest, rules, optionSlots, slots, constraints, blocks);
}

function checkShape(manifest: Manifest): DecisionRules | RatingRules {
  const ids = manifest.questions.flatMap(({ id, options }) => [id, ...options.map((o) => o.id)]);
  const isLater = manifest.round > 1;
  if (
    !ids.every((id) => ID.test(id)) ||
    !KINDS.includes(manifest.kind) ||
    manifest.round < 1 ||
    isLater !== (manifest.previous !== undefined)
  ) {
    throw new Malformed("manifest.shape");
  }
  if (manifest.previous !== undefined) {
    parseHex(manifest.previous);
  }
  const { rules } = manifest;
  if (manifest.kind === "rating" ? ratingForm(rules) : decisionForm(rules)) {
    return rules as DecisionRules | RatingRules;
  }
  throw new Malformed("manifest.shape");
}

function checkNames(manifest: Manifest): void {
  const { questions, limits } = manifest;
  const lists = [...questions, ...limits];
  if (questions.length === 0 || lists.some((list) => list.options.length === 0)) {
    throw new Invalid("manifest.empty");
  }
  const options = questions.flatMap(({ id, options }) => options.map((o) => nameOf([id, o.id])));
  if (questions.some((question) => question.options.some((option) => option.id === ABSTAIN))) {
    throw new Invalid("manifest.reserved");
  }
  const limited = limits.map((limit) => limit.options.map(nameOf));
  if ([questions.map((question) => question.id), options, ...limited].some(repeats)) {
    throw new Invalid("manifest.repeated");
  }
  const known = new Set(options);
  if (limited.some((names) => names.some((name) => !known.has(name)))) {
    throw new Invalid("manifest.unknown");
  }
}

/** Write a selection as one string, different ones differently. */
function nameOf(selection: Selection): string {
  return JSON.stringify(selection);
}

function repeats(names: readonly string[]): boolean {
  return new Set(names).size < names.length;
}

function checkBounds(manifest: Manifest): void {
  for (const { min, max, options } of [...manifest.questions, ...manifest.limits]) {
    if (max < Math.max(1, min) || max > options.length) {
      throw new Invalid("manifest.bounds");
    }
  }
}

function constraintsOf(manifest: Manifest, optionSlots: readonly Selection[]): Constraint[] {
  const slotOf = new Map(optionSlots.map((selection, slot) => [nameOf(selection), slot]));
  const term = (selection: Selection): Term => [slotOf.get(nameOf(selection))!, 1];
  const bounded: [Term[], Question | Limit][] = manifest.questions.map((question) => {
    const members = question.options.map((option) => term([question.id, option.id]));
    const abstain = slotOf.get(nameOf([question.id, ABSTAIN]));
    return [abstain === undefined ? members : [...members, [abstain, question.max]], question];
  });
  for (const limit of manifest.limits) {
    bounded.push([limit.options.map(term), limit]);
  }
  const constraints: Constraint[] = [];
  const spoken = new Set<number>();
  let free = optionSlots.length;
  for (const [members, { min, max }] of bounded) {
    const slack = slackCoefficients(max - min).map((c, i): Term => [free + i, c]);
    free += slack.length;
    const constraint = new Constraint(members, slack, min, max);
    if (spoken.has(constraint.pivot)) {
      throw new Invalid("manifest.pivot", constraints.length);
    }
    members.forEach(([slot]) => spoken.add(slot));
    constraints.push(constraint);
  }
  return constraints;
}

function blocksOf(options: number, slots: number): Block[] {
  const blocks: Block[] = [];
  for (let start = 0; start < options; start += WIDTH) {
    blocks.push({ start, end: start + WIDTH < options ? start + WIDTH : slots });
  }
  return blocks;
}

/** Check that grades and projects can be told apart, which §9 takes for granted. */
function checkProjects(manifest: Manifest, optionSlots: readonly Selection[]): void {
  const { kind, questions } = manifest;
  if (kind === "rating") {
    if (!questions.every(asksForOneGrade)) {
      throw new Malformed("manifest.shape");
    }
    return;
  }
  const apart = votedApart(optionSlots);
  const names = questions.filter((q) => apart.has(q.id)).map((q) => q.id);
  const others = questions.filter((q) => !apart.has(q.id));
  if (repeats([...names, ...others.flatMap((q) => q.options.map((o) => o.id))])) {
    throw new Invalid("manifest.repeated");
  }
}

function asksForOneGrade({ min, max, options }: Question): boolean {
  const names = options.map((option) => option.id).sort();
  return min === 1 && max === 1 && names.join() === [...GRADES].sort().join();
}

/** Give every slot's bit for a list of selections. Throws `Invalid("selections")`. */
export function fillSlots(style: Style, selections: readonly Selection[]): number[] {
  const slotOf = new Map(style.optionSlots.map((selection, slot) => [nameOf(selection), slot]));
  const chosen = selections.map((selection) => slotOf.get(nameOf(selection)));
  const bits = new Array<number>(style.slots).fill(0);
  for (const slot of chosen) {
    if (slot === undefined || bits[slot] === 1) {
      throw new Invalid("selections");
    }
    bits[slot] = 1;
  }
  style.constraints.forEach((constraint, number) => {
    const used = constraint.members.reduce((sum, [slot, c]) => sum + c * bits[slot]!, 0);
    let left = constraint.maximum - used;
    if (left < 0 || left > constraint.maximum - constraint.minimum) {
      throw new Invalid("selections", number);
    }
    for (const [slot, coefficient] of [...constraint.slack].sort((a, b) => b[1] - a[1])) {
      if (coefficient <= left) {
        bits[slot] = 1;
        left -= coefficient;
      }
    }
  });
  return bits;
}
