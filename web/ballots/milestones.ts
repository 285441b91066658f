/** Protocol §16. Milestones: what becomes of a project, each bound to the one before it. */

import { parseJson, sha256, toHex } from "./encoding.js";
import { Invalid } from "./errors.js";
import type { DecisionOutcome, Milestone, ObjectId, RatingOutcome, Stage } from "./objects.js";

/**
 * How far a project has come: its last milestone, and what the next one may be.
 *
 * `election` is the one whose outcome decided the project, where a milestone named it;
 * `answered` is the number of open problems that have an answer.
 */
export interface Way {
  readonly last: ObjectId;
  readonly number: number;
  readonly stage: Stage | "";
  readonly isDecided: boolean;
  readonly election: ObjectId;
  readonly problems: number;
  readonly answered: number;
  readonly isRated: boolean;
}

/** An outcome in the log, with the election that it ends and that one's kind. */
export interface Decision {
  readonly election: ObjectId;
  readonly kind: string;
  readonly outcome: DecisionOutcome | RatingOutcome;
}

/** Where a project stands before its first milestone. */
export const START: Way = {
  last: "",
  number: 0,
  stage: "",
  isDecided: false,
  election: "",
  problems: 0,
  answered: 0,
  isRated: false,
};

/**
 * Take a project's next milestone; `name` is its id, `decision` the outcome that it names.
 *
 * Throws `Invalid` with `milestone.*`.
 */
export function follow(way: Way, name: ObjectId, value: Milestone, decision: Decision | null): Way {
  if (value.previous !== way.last) {
    throw new Invalid("milestone.previous");
  }
  if (value.number !== way.number + 1) {
    throw new Invalid("milestone.number");
  }
  if (way.stage === "archived" || !isNext(way, value.stage)) {
    throw new Invalid("milestone.stage");
  }
  if (decision !== null && !named(value.stage, decision).includes(value.project)) {
    throw new Invalid("milestone.outcome");
  }
  const after = { ...step(way, value.stage), last: name, number: value.number, stage: value.stage };
  return value.stage === "decided" ? { ...after, election: decision?.election ?? "" } : after;
}

/** Take the decision away: the election that it came from was annulled. */
export function undo(way: Way): Way {
  return { ...way, isDecided: false, election: "" };
}

/**
 * Check that bytes are the content that a milestone stands for.
 *
 * Throws `Malformed` with `encoding.*`, `Invalid("milestone.content")`.
 */
export function checkContent(value: Milestone, raw: Uint8Array): void {
  parseJson(raw);
  if (toHex(sha256(raw)) !== value.content) {
    throw new Invalid("milestone.content");
  }
}

/** Go on to a stage. */
function step(way: Way, stage: Stage): Way {
  switch (stage) {
    case "decided":
      return { ...way, isDecided: true };
    case "problem":
      return { ...way, problems: way.problems + 1 };
    case "answered":
      return { ...way, answered: Math.min(way.answered + 1, way.problems) };
    case "closed":
      return { ...way, problems: way.problems - 1, answered: way.answered - 1 };
    case "rated":
      return { ...way, isRated: true };
    default:
      return way;
  }
}

function isNext(way: Way, stage: Stage): boolean {
  switch (stage) {
    case "adopted":
      return way.number === 0;
    case "decided":
      return way.number > 0 && !way.isDecided;
    case "archived":
      return way.number > 0;
    case "answered":
      return way.isDecided && way.problems > 0;
    case "closed":
      return way.isDecided && way.answered > 0;
    case "rectified":
      return way.isDecided && way.isRated;
    default:
      return way.isDecided;
  }
}

/** Name the projects that an outcome lets come to a stage. */
function named(stage: Stage, { kind, outcome }: Decision): readonly string[] {
  if (stage === "decided" && kind === "decision" && "elected" in outcome) {
    return outcome.elected;
  }
  return stage === "rated" && "grades" in outcome ? Object.keys(outcome.grades) : [];
}
