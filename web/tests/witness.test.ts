/** A scrutineer's device as a witness: its key stays, and its word dates no ballot. */

import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { Checkpoint, checkCosignature, parseCheckpoint } from "../ballots/log.js";
import { Witness, roundedTime } from "../trustee/witness.js";

const MOMENT = Date.UTC(2026, 1, 1, 9, 47, 13, 500);

/** A storage as browsers have it, in memory. */
function storage(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, value: string) => void kept.set(name, value),
  } as Storage;
}

describe("a witness", () => {
  it("keeps its key on the device", () => {
    const keep = storage();

    assert.equal(
      String(new Witness("host/w1", keep).key),
      String(new Witness("host/w1", keep).key),
    );
  });

  it("cosigns with a time that is the same for half an hour", () => {
    const witness = new Witness("host/w1", storage());
    const checkpoint = new Checkpoint("host/log", 7, new Uint8Array(32));

    const cosigned = parseCheckpoint(`${checkpoint}${witness.line(checkpoint, MOMENT)}`);

    assert.equal(checkCosignature(cosigned, witness.key), Date.UTC(2026, 1, 1, 9, 30) / 1000);
    assert.equal(roundedTime(MOMENT), roundedTime(MOMENT + 60_000));
  });
});
