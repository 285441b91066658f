/** What the server tells a scrutineer's device; nothing of it is believed where the log can say it. */

/** The ceremony of the sitting, with what each trustee has published, by index from 0. */
export interface ToldCeremony {
  readonly id: string;
  readonly stage: "register" | "commit" | "confirm" | "done" | "abandoned";
  readonly threshold: number;
  readonly names: readonly string[];
  /** The reader's own place, from 1, or `null` for a scrutineer who holds no key. */
  readonly index: number | null;
  readonly trustees: readonly (string | null)[];
  readonly commitments: readonly (string | null)[];
  readonly confirmations: readonly (string | null)[];
  readonly keys: string | null;
}

/** A vote of the sitting; `given` are the indexes whose shares have come. */
export interface ToldVote {
  readonly id: string;
  readonly title: string;
  readonly state: "prepared" | "open" | "closed" | "tallied" | "decided" | "annulled";
  readonly tally: string | null;
  readonly given: readonly number[];
}

/** All of it. */
export interface Told {
  readonly ceremony: ToldCeremony | null;
  readonly votes: readonly ToldVote[];
}
