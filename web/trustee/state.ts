/** What the page of a scrutineer's device shows, as one value. */

import type { TrusteeSeed } from "../ballots/cards.js";
import type { ElectionState } from "../ballots/states.js";
import type { Finding } from "../ballots/verify.js";
import type { Told } from "./told.js";

/** What the watch over the log has come to. */
export interface Watch {
  readonly size: number;
  readonly taken: number;
  readonly findings: readonly Finding[];
  readonly elections: ReadonlyMap<string, ElectionState>;
  readonly cosigned: number | null;
  /** A rule that the log as a whole broke, such as taking back what it said. */
  readonly alarm: string | null;
  readonly isLost: boolean;
}

/** What a sheet is asked for. */
export type Asked = { readonly for: "ceremony" } | { readonly for: "share"; readonly tally: string };

/** The whole state. */
export interface State {
  readonly told: Told;
  readonly watch: Watch;
  /** A new sheet that is shown until it was written down or printed. */
  readonly fresh: TrusteeSeed | null;
  readonly asked: Asked | null;
  /** What was typed of a sheet, or of the last group of a new one. */
  readonly typed: string;
  readonly problem: string | null;
  readonly isBusy: boolean;
}
