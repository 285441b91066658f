/** Whether the log of today begins with the log that somebody has seen before. */

import { checkExtension, readCheckpoint } from "../ballots/client.js";
import { BallotError } from "../ballots/errors.js";
import { type VerifierKey, checkCheckpoint, parseCheckpoint } from "../ballots/log.js";
import type { Reader } from "../ballots/record.js";

/** What comparing two checkpoints has shown. */
export type Comparison =
  | { readonly state: "same" | "first"; readonly seen: number; readonly today: string }
  | { readonly state: "rewritten" | "unsigned" | "malformed"; readonly rule: string }
  | { readonly state: "unreachable" };

/**
 * Compare a checkpoint that was kept, if one was, with the newest one of the log.
 *
 * Both are checked under the log's key: a kept one that it never signed proves nothing against it.
 */
export async function compare(
  reader: Reader,
  key: VerifierKey,
  kept: string | null,
): Promise<Comparison> {
  const old = kept === null ? null : read(kept, key);
  if (old !== null && "state" in old) {
    return old;
  }
  try {
    const today = await readCheckpoint(reader, key);
    if (old !== null) {
      await checkExtension(reader, [old.size, old.root], today);
    }
    const state = old === null ? "first" : "same";
    return { state, seen: old?.size ?? 0, today: String(today) };
  } catch (error) {
    if (!(error instanceof BallotError)) {
      return { state: "unreachable" };
    }
    return { state: old === null ? "unsigned" : "rewritten", rule: error.rule };
  }
}

type Old = { readonly size: number; readonly root: Uint8Array } | Comparison;

function read(kept: string, key: VerifierKey): Old {
  try {
    const checkpoint = parseCheckpoint(`${kept.replace(/\r\n/g, "\n").trim()}\n`);
    try {
      checkCheckpoint(checkpoint, key);
    } catch (error) {
      return { state: "unsigned", rule: ruleOf(error) };
    }
    return checkpoint;
  } catch (error) {
    return { state: "malformed", rule: ruleOf(error) };
  }
}

function ruleOf(error: unknown): string {
  if (error instanceof BallotError) {
    return error.rule;
  }
  throw error;
}
