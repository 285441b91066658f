/** What a scrutineer's seed is used for: steps of the ceremony, and the share of a tally. */

import type { TrusteeSeed } from "../ballots/cards.js";
import type { Follower } from "../ballots/client.js";
import { Invalid } from "../ballots/errors.js";
import { type AnyObject, objectBytes } from "../ballots/objects.js";
import type { CeremonyState } from "../ballots/states.js";
import { makeShare } from "../ballots/tally.js";
import {
  type Published,
  commit,
  confirm,
  register,
  signingSeed,
  trusteeSecrets,
} from "../ballots/trustees.js";
import { publicKey } from "../ballots/keys.js";
import { toB64u } from "../ballots/encoding.js";
import type { ToldCeremony } from "./told.js";

/** The next thing that a trustee's device has to publish, or what it waits for. */
export type Step = "register" | "commit" | "confirm" | "wait" | "done";

/** Tell what a trustee has to do next. */
export function nextStep({ stage, index, trustees, commitments, confirmations }: ToldCeremony): Step {
  if (stage === "done" || index === null) {
    return "done";
  }
  const mine = { register: trustees, commit: commitments, confirm: confirmations, abandoned: [] };
  return stage !== "abandoned" && (mine[stage][index - 1] ?? null) === null ? stage : "wait";
}

/** Give a ceremony as the log has it. Throws `Invalid("order.reference")`. */
function ceremonyOf(follower: Follower, id: string): CeremonyState {
  const state = follower.replay.ceremonies.get(id);
  if (state === undefined) {
    throw new Invalid("order.reference");
  }
  return state;
}

function publishedIn(state: CeremonyState): Published {
  return {
    registered: [...state.registered.values()],
    commitments: [...state.committed.values()],
  };
}

/**
 * Make what a step of the ceremony publishes, from the seed and the log that was followed.
 *
 * Throws `Invalid("ceremony.share", sender)` where another trustee's share does not hold.
 */
export function makeStep(
  step: "register" | "commit" | "confirm",
  follower: Follower,
  { id, index, names }: ToldCeremony,
  seed: TrusteeSeed,
): Uint8Array {
  const state = ceremonyOf(follower, id);
  const { circle } = state;
  const place = index ?? 0;
  const made: Record<typeof step, () => AnyObject> = {
    register: () => register(circle, seed, place, names[place - 1] ?? ""),
    commit: () => commit(circle, seed, place, publishedIn(state).registered),
    confirm: () => confirm(circle, seed, place, publishedIn(state)),
  };
  return objectBytes(made[step]());
}

/** Tell whether a sheet is the one that this trustee registered with. */
export function isOwnSheet(
  follower: Follower,
  { id, index }: ToldCeremony,
  seed: TrusteeSeed,
): boolean {
  const state = ceremonyOf(follower, id);
  const registered = state.registered.get(index ?? 0);
  const key = toB64u(publicKey(signingSeed(state.circle, seed)));
  return registered === undefined || registered.value.sign === key;
}

/**
 * Make a trustee's share of a tally that this device added up itself.
 *
 * Throws `Invalid` with the first finding of the log, or as `Follower.countOf`.
 */
export function makeTallyShare(
  follower: Follower,
  tally: string,
  index: number,
  seed: TrusteeSeed,
): Uint8Array {
  const { count, ceremony } = follower.countOf(tally);
  if (count === null || ceremony.keys === null) {
    throw new Invalid("order.state");
  }
  const { circle } = ceremony;
  const secrets = trusteeSecrets(circle, seed, index, publishedIn(ceremony));
  return objectBytes(makeShare(count, ceremony.keys, { circle, seed, index, secrets }));
}
