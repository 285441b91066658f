/** Protocol §11. How far ceremonies, rolls of cards and elections have come in a log. */

import type { Paper, ValidBallot } from "./ballot.js";
import type {
  Close,
  DecisionOutcome,
  Election,
  Keys,
  ObjectId,
  Open,
  RatingOutcome,
  Result,
} from "./objects.js";
import { Turnout } from "./outcome.js";
import type { Count, ValidShare } from "./tally.js";
import type { Circle, Committed, Registered } from "./trustees.js";

/** How far a ceremony has come. */
export class CeremonyState {
  readonly registered = new Map<number, Registered>();
  readonly committed = new Map<number, Committed>();
  readonly confirmed = new Set<number>();
  keys: Keys | null = null;

  constructor(
    readonly circle: Circle,
    readonly session: ObjectId,
  ) {}
}

/** The cards of a roll: all, those issued, those revoked. */
export class RollState {
  readonly issued = new Set<string>();
  readonly revoked = new Set<string>();

  constructor(
    readonly session: ObjectId,
    readonly credentials: ReadonlySet<string>,
  ) {}

  /** Give the number of cards that are issued and not revoked. */
  get good(): number {
    return this.issued.size - this.revoked.size;
  }

  /** Tell whether a card is issued and not revoked. */
  isGood(credential: string): boolean {
    return this.issued.has(credential) && !this.revoked.has(credential);
  }
}

/** How far an election has come. */
export class ElectionState {
  opening: Open | null = null;
  readonly ballots = new Map<string, ValidBallot>();
  readonly heads = new Set<string>();
  readonly challenged = new Set<string>();
  readonly accepted = new Set<string>();
  closing: Close | null = null;
  count: Count | null = null;
  readonly shares = new Map<number, ValidShare>();
  result: Result | null = null;
  outcome: DecisionOutcome | RatingOutcome | null = null;
  isAnnulled = false;

  constructor(
    readonly paper: Paper,
    readonly value: Election,
    readonly ceremony: CeremonyState,
    readonly roll: RollState,
    readonly deputies: number,
  ) {}

  /** Tell whether ballots may come. */
  get isOpen(): boolean {
    return this.opening !== null && this.closing === null && !this.isAnnulled;
  }

  /** Give the numbers of a closed election. */
  get turnout(): Turnout {
    if (this.closing === null) {
      throw new TypeError("the election was not closed");
    }
    const { present, issued, ballots } = this.closing;
    return new Turnout(this.deputies, present, issued, ballots);
  }
}
