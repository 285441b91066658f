/** The log's tiles, entries and notes: the vectors of `log.json`, and what is refused. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { concat, toB64, utf8 } from "../ballots/encoding.js";
import {
  Checkpoint,
  SignatureLine,
  checkCheckpoint,
  checkCosignature,
  cosign,
  entryBundle,
  entryBytes,
  hashTile,
  makeCheckpoint,
  makeVerifierKey,
  parseCheckpoint,
  parseEntry,
  parseEntryBundle,
  parseVerifierKey,
  tilePath,
  tilePaths,
} from "../ballots/log.js";
import { sign } from "../ballots/keys.js";
import { EMPTY_ROOT, leafHash, nodesOf, root } from "../ballots/merkle.js";
import { LOG_KEY, LOG_SEED, ORIGIN, ruleOf, secret } from "./congress.js";
import { vector } from "./vectors.js";

interface Notes {
  readonly entries: readonly string[];
  readonly vkey: string;
  readonly witness_vkey: string;
  readonly checkpoint: string;
  readonly witnessed_checkpoint: string;
}

const vectors = vector<Notes>("log.json");
const nodes = nodesOf(vectors.entries.map((entry) => leafHash(utf8(entry))));
const key = parseVerifierKey(vectors.vkey);
const witness = parseVerifierKey(vectors.witness_vkey);

describe("tiles and entries", () => {
  test("paths in groups of three digits", () => {
    assert.equal(tilePath(0, 0), "tile/0/000");
    assert.equal(tilePath(null, 0, 70), "tile/entries/000.p/70");
    assert.equal(tilePath(1, 1234067, 8), "tile/1/x001/x234/067.p/8");
    assert.equal(tilePath(3, 1000), "tile/3/x001/000");
  });

  test("the tiles of a size", () => {
    const paths = [...tilePaths(70_000)].map((place) => tilePath(...place));
    assert.equal(paths.length, 274 + 274 + 2 + 1);
    assert.deepEqual(paths.slice(-4), [
      "tile/0/273.p/112",
      "tile/1/000",
      "tile/1/001.p/17",
      "tile/2/000.p/1",
    ]);
    assert.deepEqual([...tilePaths(0)], []);
    assert.deepEqual(
      [...tilePaths(256)],
      [
        [null, 0, 256],
        [0, 0, 256],
        [1, 0, 1],
      ],
    );
    const level = nodesOf(Array.from({ length: 512 }, (_, i) => leafHash(utf8(`${i}`))));
    assert.deepEqual(hashTile(1, 0, 2, level), concat(level(8, 0), level(8, 1)));
    assert.deepEqual(hashTile(0, 1, 2, level), concat(level(0, 256), level(0, 257)));
  });

  test("an entry has one form", () => {
    const id = "0f".repeat(32);
    assert.deepEqual(parseEntry(entryBytes(id, "ballot")), { object: id, type: "ballot" });
    for (const bad of [
      "",
      `{"object":"${id}"}`,
      `{"type":"ballot","object":"${id}"}`,
      `{"object":"${id.toUpperCase()}","type":"ballot"}`,
      `{"object":"${id}","type":"ballot"} `,
      ` {"object":"${id}","type":"ballot"}`,
      `{"object":"${id}","type":"ballot"}\n`,
      `{"object":"${id}","type":"Ballot"}`,
      `{"object":"${id}","more":1,"type":"ballot"}`,
    ]) {
      assert.equal(
        ruleOf(() => parseEntry(utf8(bad))),
        "log.entry",
        bad,
      );
    }
    assert.equal(
      ruleOf(() => parseEntry(Uint8Array.of(0xff))),
      "log.entry",
    );
  });

  test("a bundle has whole entries", () => {
    const entries = [utf8("a"), utf8(""), utf8("x".repeat(300))];
    const bundle = entryBundle(entries);
    assert.deepEqual(parseEntryBundle(bundle), entries);
    for (const bad of [
      bundle.slice(1),
      bundle.slice(0, -1),
      Uint8Array.of(0),
      Uint8Array.of(0, 1),
    ]) {
      assert.equal(
        ruleOf(() => parseEntryBundle(bad)),
        "log.entry",
      );
    }
  });
});

describe("verifier keys", () => {
  test("are read and written", () => {
    assert.equal(String(key), vectors.vkey);
    assert.equal(String(witness), vectors.witness_vkey);
    assert.deepEqual([key.isWitness, witness.isWitness], [false, true]);
    assert.equal(String(parseVerifierKey(String(LOG_KEY))), String(LOG_KEY));
    assert.throws(() => makeVerifierKey("a b", LOG_SEED), {
      name: "RangeError",
      message: "a name of 1 to 200 visible characters without '+' is needed",
    });
    assert.throws(() => makeVerifierKey("a+b", LOG_SEED), RangeError);
    assert.throws(() => makeVerifierKey("", LOG_SEED), RangeError);
  });

  test("of another form are refused", () => {
    const [name, id, rest] = vectors.vkey.split("+") as [string, string, string];
    const zero = toB64(concat(Uint8Array.of(1), new Uint8Array(32)));
    for (const bad of [
      "",
      "a",
      "a+b",
      "undefined",
      `${name}+${id}`,
      `${name}+00000000+${rest}`,
      `${name}+${id.toUpperCase()}+${rest}`,
      `x${name}+${id}+${rest}`,
      `+${id}+${rest}`,
      `a b+${id}+${rest}`,
      `${name}+${id}+${rest.slice(4)}`,
      `${name}+${id}+${zero}`,
      `${name}+${id}+${toB64(concat(Uint8Array.of(2), key.key))}`,
      `${vectors.vkey}\n`,
      ` ${vectors.vkey}`,
    ]) {
      assert.equal(
        ruleOf(() => parseVerifierKey(bad)),
        "log.vkey",
        bad,
      );
    }
  });
});

describe("checkpoints", () => {
  test("of log.json are read, written and checked", () => {
    for (const text of [vectors.checkpoint, vectors.witnessed_checkpoint]) {
      const checkpoint = parseCheckpoint(text);
      assert.equal(String(checkpoint), text);
      checkCheckpoint(checkpoint, key);
    }
    const time = checkCosignature(parseCheckpoint(vectors.witnessed_checkpoint), witness);
    assert.equal(time, 0x697f1610);
  });

  test("are made and cosigned", () => {
    const checkpoint = makeCheckpoint(ORIGIN, 6, root(6, nodes), LOG_SEED);
    checkCheckpoint(parseCheckpoint(String(checkpoint)), LOG_KEY);
    const line = cosign(checkpoint, "w.example/1", secret("witness"), 1_770_000_000);
    const { origin, size, root: head, signatures } = checkpoint;
    const cosigned = new Checkpoint(origin, size, head, [...signatures, line]);
    const watcher = makeVerifierKey("w.example/1", secret("witness"), true);
    assert.equal(checkCosignature(parseCheckpoint(String(cosigned)), watcher), 1_770_000_000);
  });

  test("of another form are refused", () => {
    const good = vectors.checkpoint;
    const [origin, size, head] = good.split("\n") as [string, string, string];
    const lines = good.slice(good.indexOf("\n\n") + 2);
    for (const bad of [
      "",
      good.slice(0, -1),
      good.replace("\n\n", "\n"),
      `${origin}\n${size}\n${head}\n\n`,
      `${origin}\n${size}\n${head}\nmore\n\n${lines}`,
      `${origin}\n${size}\n\n${lines}`,
      `${origin}\n070\n${head}\n\n${lines}`,
      `${origin}\n-1\n${head}\n\n${lines}`,
      `${origin}\n99999999999999999\n${head}\n\n${lines}`,
      `${origin}\n9999999999999999\n${head}\n\n${lines}`,
      `${origin} \n${size}\n${head}\n\n${lines}`,
      `\n${size}\n${head}\n\n${lines}`,
      `${origin}\n${size}\n${head.slice(4)}\n\n${lines}`,
      `${origin}\n${size}\n${head}\n\n${lines}\n`,
      `${origin}\n${size}\n${head}\n\n${lines.replace("—", "-")}`,
      `${origin}\n${size}\n${head}\n\n${lines.replace("— ", "—  ")}`,
      `${origin}\n${size}\n${head}\n\n— ${origin}\n`,
      `${origin}\n${size}\n${head}\n\n${lines.replace("\n", " AAAA\n")}`,
      `${origin}\n${size}\n${head}\n\n${lines.replace("—", "x—")}`,
      `${origin}\n${size}\n${head}\n\n${lines.replace(`— ${origin}`, "— a+b")}`,
      `${origin}\n${size}\n${head}\n\n— n AAAAAA==\n`,
      `\n${good}`,
      `${good}\n${good}`,
      `${good}x`,
      `${origin}\n${size}\n${head}\n\n— ${origin} AAAA\n`,
      `${origin}\n${size}\n${head}\n\n— ${origin} !\n`,
      `${origin}\n${size}\n${head}\n\n${lines.repeat(1000)}`,
    ]) {
      assert.equal(
        ruleOf(() => parseCheckpoint(bad)),
        "log.checkpoint",
        bad.slice(0, 90),
      );
    }
  });

  test("may be as long as 64 KiB, with signatures of five bytes", () => {
    const filled = (length: number): string => {
      const room = length - vectors.checkpoint.length - "—  \n".length;
      const name = "n".repeat(4 + (room % 4));
      return `${vectors.checkpoint}— ${name} ${"AAAA".repeat((room - name.length) / 4)}\n`;
    };
    assert.equal(parseCheckpoint(filled(65_536)).signatures.length, 2);
    assert.equal(filled(65_537).length, 65_537);
    assert.equal(
      ruleOf(() => parseCheckpoint(filled(65_537))),
      "log.checkpoint",
    );
    const [, short] = parseCheckpoint(`${vectors.checkpoint}— n AAAAAAA=\n`).signatures;
    assert.deepEqual(short, new SignatureLine("n", new Uint8Array(4), new Uint8Array(1)));
  });

  test("are signed under the log's own name, by a key of a log", () => {
    const check = (names: [string, string], isWitness: boolean): string | null => {
      const [origin, name] = names;
      const signer = makeVerifierKey(name, LOG_SEED, isWitness);
      const { body } = new Checkpoint(origin, 1, EMPTY_ROOT);
      const line = new SignatureLine(name, signer.keyId, sign(LOG_SEED, body));
      return ruleOf(() => checkCheckpoint(new Checkpoint(origin, 1, EMPTY_ROOT, [line]), signer));
    };
    assert.equal(check([ORIGIN, ORIGIN], false), null);
    assert.equal(check([ORIGIN, "other"], false), "log.signature");
    assert.equal(check([ORIGIN, ORIGIN], true), "log.signature");
  });

  test("are cosigned by a key of a witness, in a line that is whole", () => {
    const checkpoint = makeCheckpoint(ORIGIN, 1, EMPTY_ROOT, LOG_SEED);
    const seed = secret("witness");
    const line = cosign(checkpoint, "w", seed, 5);
    const check = (data: Uint8Array, isWitness = true): string | null => {
      const signer = makeVerifierKey("w", seed, isWitness);
      const lines = [new SignatureLine("w", signer.keyId, data)];
      const { origin, size, root: head } = checkpoint;
      return ruleOf(() => checkCosignature(new Checkpoint(origin, size, head, lines), signer));
    };
    assert.equal(check(line.data), null);
    assert.equal(check(line.data, false), "log.signature");
    assert.equal(check(concat(line.data, Uint8Array.of(0))), "log.signature");
    assert.equal(check(new Uint8Array()), "log.signature");
  });

  test("are signed in the line of the key's name and id, wherever it stands", () => {
    const checkpoint = makeCheckpoint(ORIGIN, 1, EMPTY_ROOT, LOG_SEED);
    const [own] = checkpoint.signatures as [SignatureLine];
    const other = new SignatureLine(ORIGIN, new Uint8Array(4), own.data);
    const named = new SignatureLine("other", own.keyId, own.data);
    const signed = (...lines: SignatureLine[]) => new Checkpoint(ORIGIN, 1, EMPTY_ROOT, lines);
    assert.deepEqual(new Checkpoint(ORIGIN, 1, EMPTY_ROOT).signatures, []);
    checkCheckpoint(signed(other, named, own), LOG_KEY);
    for (const line of [other, named]) {
      assert.equal(
        ruleOf(() => checkCheckpoint(signed(line), LOG_KEY)),
        "log.signature",
      );
    }
  });

  test("not signed by the key are refused", () => {
    const checkpoint = parseCheckpoint(vectors.witnessed_checkpoint);
    const { origin, size, root: head, signatures } = checkpoint;
    const check = (...given: Parameters<typeof checkCheckpoint>): void =>
      assert.equal(
        ruleOf(() => checkCheckpoint(...given)),
        "log.signature",
      );
    check(checkpoint, LOG_KEY);
    check(checkpoint, makeVerifierKey(origin, LOG_SEED));
    check(checkpoint, witness);
    check(checkpoint, parseVerifierKey(String(makeVerifierKey(origin, LOG_SEED, true))));
    check(new Checkpoint(origin, size + 1, head, signatures), key);
    check(new Checkpoint(origin, size, EMPTY_ROOT, signatures), key);
    check(new Checkpoint(origin, size, head, signatures.slice(1)), key);
    check(new Checkpoint(ORIGIN, size, head, signatures), key);
    const [own, other] = signatures as [SignatureLine, SignatureLine];
    const short = new SignatureLine(own.name, own.keyId, own.data.slice(1));
    check(new Checkpoint(origin, size, head, [short]), key);

    const cosigned = (c: Checkpoint, k = witness): void =>
      assert.equal(
        ruleOf(() => checkCosignature(c, k)),
        "log.signature",
      );
    cosigned(new Checkpoint(origin, size + 1, head, signatures));
    cosigned(new Checkpoint(origin, size, head, [own]));
    cosigned(checkpoint, key);
    const late = other.data.map((byte, i) => (i === 7 ? byte ^ 1 : byte));
    cosigned(
      new Checkpoint(origin, size, head, [new SignatureLine(other.name, other.keyId, late)]),
    );
    const cut = new SignatureLine(other.name, other.keyId, other.data.slice(1));
    cosigned(new Checkpoint(origin, size, head, [cut]));
  });
});
