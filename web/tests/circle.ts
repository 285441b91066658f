/** The circle of trustees of `ceremony.json`, and changed words of theirs. */

import type { TrusteeSeed } from "../ballots/cards.js";
import {
  type Decryption,
  type Trustee,
  type TrusteeCommitment,
  signObject,
  store,
} from "../ballots/objects.js";
import {
  checkCeremony,
  checkCommitment,
  checkRegistration,
  signingSeed,
} from "../ballots/trustees.js";
import { type CeremonyVector, bytes, vector } from "./vectors.js";

export const ceremony = vector<CeremonyVector>("ceremony.json");
export const circle = checkCeremony(store(ceremony.ceremony));
export const seeds = ceremony.seeds.map((seed) => bytes(seed) as TrusteeSeed);
export const registered = ceremony.trustees.map((trustee) =>
  checkRegistration(circle, trustee, []),
);
export const commitments = ceremony.commitments.map((value, i) =>
  checkCommitment(circle, registered[i]!, store(value)),
);

/** Sign a changed object as the trustee of that index would. */
export function resigned<T extends Trustee | TrusteeCommitment | Decryption>(
  value: T,
  changes: Partial<T>,
): T {
  return signObject({ ...value, ...changes }, signingSeed(circle, seeds[value.index - 1]!));
}
