/** Bytes, texts and codes at the edges of what their functions take. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import {
  cardCode,
  cardCredential,
  cardQr,
  parseCardCode,
  parseTrusteeCode,
  rollCredentials,
  trusteeCode,
  trusteeQr,
} from "../ballots/cards.js";
import type { CardSecret, TrusteeSeed } from "../ballots/cards.js";
import {
  LARGEST_OBJECT,
  canonical,
  grouped,
  isSame,
  parseB64,
  parseB64u,
  parseCrockford,
  parseHex,
  parseJson,
  parseUtf8,
  toB64,
  toB64u,
  toCrockford,
  utf8,
} from "../ballots/encoding.js";
import { card, ruleOf, secret } from "./congress.js";

describe("bytes", () => {
  test("are the same only whole", () => {
    assert.ok(isSame(Uint8Array.of(1, 2), Uint8Array.of(1, 2)));
    assert.ok(isSame(new Uint8Array(), new Uint8Array()));
    for (const other of [[1], [1, 2, 3], [1, 3], []]) {
      assert.ok(!isSame(Uint8Array.of(1, 2), Uint8Array.from(other)));
      assert.ok(!isSame(Uint8Array.from(other), Uint8Array.of(1, 2)));
    }
  });

  test("that are no UTF-8 are no text", () => {
    assert.equal(parseUtf8(Uint8Array.of(0xff)), null);
    assert.equal(parseUtf8(utf8("\ufeffé")), "\ufeffé");
  });

  test("in base64 with and without padding, of a length that is asked for", () => {
    for (const [data, padded, plain] of [
      [[], "", ""],
      [[0], "AA==", "AA"],
      [[0, 0], "AAA=", "AAA"],
      [[0, 0, 0], "AAAA", "AAAA"],
      [[251, 239, 190, 255, 255, 255], "++++////", "----____"],
    ] as const) {
      const bytes = Uint8Array.from(data);
      assert.equal(toB64(bytes), padded);
      assert.equal(toB64u(bytes), plain);
      assert.deepEqual(parseB64(padded, bytes.length), bytes);
      assert.deepEqual(parseB64u(plain, bytes.length), bytes);
    }
    for (const bad of ["A", "AAAAA", "AAAAAA=", " AAAA"]) {
      assert.equal(
        ruleOf(() => parseB64(bad)),
        "encoding.base64",
      );
    }
  });

  test("in hex, 32 unless said otherwise", () => {
    assert.deepEqual(parseHex("", 0), new Uint8Array());
    assert.deepEqual(parseHex("0a".repeat(32)), new Uint8Array(32).fill(10));
    assert.equal(
      ruleOf(() => parseHex("0a")),
      "encoding.hex",
    );
    for (const bad of ["g0ff", "00fg", "00 f"]) {
      assert.equal(
        ruleOf(() => parseHex(bad, 2)),
        "encoding.hex",
      );
    }
  });
});

describe("JSON", () => {
  test("nothing is a number as well", () => {
    assert.deepEqual(canonical({ a: 0 }), utf8('{"a":0}'));
    assert.deepEqual(parseJson(utf8('{"a":0}')), { a: 0 });
  });

  test("as long as it may be, and one byte longer", () => {
    const text = `{"a":"${"x".repeat(LARGEST_OBJECT - 8)}"}`;
    assert.equal(parseJson(utf8(text))["a"], text.slice(6, -2));
    assert.equal(
      ruleOf(() => parseJson(utf8(text.replace("a", "aa")))),
      "encoding.json",
    );
  });

  test("what only looks like a fraction is none", () => {
    for (const text of ["{ }", '{"a":-0}', '{"a\\"":"1.5", "b":1}', '{"b":"\\\\", "c":1}']) {
      assert.equal(
        ruleOf(() => parseJson(utf8(text))),
        "encoding.canonical",
        text,
      );
    }
    for (const text of ['{"a":"","b":1.0}', '{"a":"\\\\","b":10.0}', '{"a":1E2}']) {
      assert.equal(
        ruleOf(() => parseJson(utf8(text))),
        "encoding.json",
        text,
      );
    }
  });
});

describe("codes", () => {
  test("stop at their last bit", () => {
    const data = Uint8Array.of(0xff, 0xff);
    assert.equal(toCrockford(data, 8), "ZW");
    assert.equal(toCrockford(data, 10), "ZZ");
    assert.equal(toCrockford(data, 16), "ZZZG");
    assert.equal(toCrockford(data, 20), "ZZZG");
  });

  test("an O counts as a zero where it stands", () => {
    assert.equal(parseCrockford("1O", 10), 32n);
    assert.equal(parseCrockford("1o1", 15), 1025n);
    assert.equal(parseCrockford("Z-Z", 10), 1023n);
  });

  test("stand in groups of four", () => {
    assert.equal(grouped(""), "");
    assert.equal(grouped("ABCD"), "ABCD");
    assert.equal(grouped("ABCDEFGHJ"), "ABCD-EFGH-J");
  });

  test("of secrets that begin with nothing", () => {
    const secretOfCard = Uint8Array.of(...new Uint8Array(14), 1, 2) as CardSecret;
    assert.deepEqual(parseCardCode(cardCode(secretOfCard)), secretOfCard);
    assert.deepEqual(parseCardCode(cardQr(secretOfCard)), secretOfCard);
  });

  test("of a trustee, as typed and as scanned", () => {
    const seed = secret("trustee") as TrusteeSeed;
    assert.equal(trusteeQr(seed), `MT1${trusteeCode(seed).replaceAll("-", "")}`);
    assert.deepEqual(parseTrusteeCode(trusteeQr(seed)), seed);
    const message = { name: "RangeError", message: "32 bytes are needed" };
    assert.throws(() => trusteeCode(card(1) as Uint8Array as TrusteeSeed), message);
  });

  test("of a roll stand in order", () => {
    const keys = [1, 2, 3, 4].map((number) => cardCredential(card(number)));
    const names = keys.map(toB64u);
    assert.notDeepEqual(names, [...names].sort());
    assert.deepEqual(rollCredentials(keys), [...names].sort());
  });
});
