/** Papers of elections that belong to no congress, with the keys behind them. */

import { toB64u } from "../ballots/encoding.js";
import { hashToScalar, multiplyBase, pointBytes } from "../ballots/group.js";
import type { Manifest } from "../ballots/manifest.js";
import { type Election, type Keys, type Stored, store } from "../ballots/objects.js";
import { approval, secret } from "./congress.js";

export const ID = "ab".repeat(32);
export const secrets = Array.from({ length: 32 }, (_, s) =>
  hashToScalar("test-key", secret("key", s)),
);
export const keys: Keys = {
  type: "keys",
  ceremony: ID,
  joint: toB64u(pointBytes(...secrets.map(multiplyBase))),
  verification: [],
};

/** An election with one question: approve up to `max` of so many projects. */
export function electionOf(
  options: number,
  max: number,
  changes: Partial<Manifest> = {},
): Stored<Election> {
  const manifest = approval(options, max, changes);
  return store({ type: "election", session: ID, keys: ID, roll: ID, manifest });
}
