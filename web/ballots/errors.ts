/** The two ways in which a check of the protocol fails, each with the rule that was broken. */

/**
 * A check failed: `rule` is a code of the table in `docs/protocol.md`, `where` a place.
 *
 * Nothing else is kept, so that no secret can travel in an error. `where` is a position in what
 * was checked (an entry, a slot, a trustee's index) or a file's name in a record.
 */
export class BallotError extends Error {
  readonly rule: string;
  readonly where: number | string | undefined;

  constructor(rule: string, where?: number | string) {
    super(where === undefined ? rule : `${rule} at ${where}`);
    this.name = new.target.name;
    this.rule = rule;
    this.where = where;
  }
}

/** The bytes are not of the form that the page asks for. */
export class Malformed extends BallotError {}

/** The form is right, what it claims is not. */
export class Invalid extends BallotError {}
