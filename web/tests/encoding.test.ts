/** What is refused in base64url, hex, JSON, times and people's codes. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import {
  cardCode,
  cardQr,
  parseCardCode,
  parseTrusteeCode,
  trusteeCode,
} from "../ballots/cards.js";
import type { CardSecret, TrusteeSeed } from "../ballots/cards.js";
import {
  LARGEST_OBJECT,
  burn,
  canonical,
  concat,
  parseB64,
  parseB64u,
  parseCrockford,
  parseHex,
  parseJson,
  toB64u,
  toCrockford,
  toHex,
  utf8,
} from "../ballots/encoding.js";
import { BallotError, Invalid, Malformed } from "../ballots/errors.js";
import { checkId, objectBytes, parseAs, parseObject, store } from "../ballots/objects.js";
import { TIME, card, ruleOf, secret } from "./congress.js";

describe("errors", () => {
  test("an error holds its rule and its place, and nothing else", () => {
    const error = new Invalid("ballot.slot", 3);
    assert.deepEqual([error.name, error.rule, error.where], ["Invalid", "ballot.slot", 3]);
    assert.equal(error.message, "ballot.slot at 3");
    assert.equal(new Malformed("log.vkey").message, "log.vkey");
    assert.ok(error instanceof BallotError && error instanceof Error);
  });
});

describe("secret bytes", () => {
  test("what is burnt was used, and is gone also where that failed", () => {
    const [used, failed] = [Uint8Array.of(1, 2), Uint8Array.of(3, 4)];
    assert.equal(burn(used, toHex), "0102");
    assert.throws(() =>
      burn(failed, () => {
        throw new RangeError();
      }),
    );
    assert.deepEqual([used, failed], [new Uint8Array(2), new Uint8Array(2)]);
  });
});

describe("base64 and hex", () => {
  test("base64url has one form for each run of bytes", () => {
    assert.equal(toB64u(Uint8Array.of(251, 255)), "-_8");
    for (const bad of ["-_9", "-_8=", "+/8", "A", "AAAAA", "AA A", "AA\n", "ÄA"]) {
      assert.equal(
        ruleOf(() => parseB64u(bad)),
        "encoding.base64",
        bad,
      );
    }
    assert.equal(
      ruleOf(() => parseB64u("AAAA", 2)),
      "encoding.base64",
    );
  });

  test("standard base64 asks for its padding", () => {
    assert.deepEqual(parseB64("+/8="), Uint8Array.of(251, 255));
    for (const bad of ["+/8", "+/9=", "-_8=", "+/8= ", "====", "AA=A", "A==="]) {
      assert.equal(
        ruleOf(() => parseB64(bad)),
        "encoding.base64",
        bad,
      );
    }
    assert.equal(
      ruleOf(() => parseB64("AAAA", 2)),
      "encoding.base64",
    );
  });

  test("long data go there and back", () => {
    const data = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7) & 255);
    assert.deepEqual(parseB64u(toB64u(data)), data);
  });

  test("hex is lowercase and of its length", () => {
    assert.deepEqual(parseHex("00ff", 2), Uint8Array.of(0, 255));
    for (const bad of ["00FF", "0ff", "00fg", "00ff00", "", "00f\n"]) {
      assert.equal(
        ruleOf(() => parseHex(bad, 2)),
        "encoding.hex",
        bad,
      );
    }
  });
});

describe("JSON", () => {
  const json = (text: string): string | null => ruleOf(() => parseJson(utf8(text)));

  test("canonical objects are read", () => {
    assert.deepEqual(parseJson(utf8('{"a":[1,true,{}],"b":"\\u0000é😀"}')), {
      a: [1, true, {}],
      b: "\u0000é😀",
    });
  });

  test("names are sorted by their UTF-16 code units", () => {
    const value = { "\ufb33": 1, "😀": 2, "": 3, a: 4, A: 5, é: 6, "1": 7, "10": 8, "2": 9 };
    const text = new TextDecoder().decode(canonical(value));
    assert.equal(text, '{"":3,"1":7,"10":8,"2":9,"A":5,"a":4,"é":6,"😀":2,"\ufb33":1}');
    assert.deepEqual(canonical(parseJson(utf8(text))), utf8(text));
  });

  for (const text of [
    "",
    "{",
    "nul",
    "null",
    "[]",
    '"text"',
    '{"a":null}',
    '{"a":-1}',
    '{"a":1.5}',
    '{"a":1.0}',
    '{"a":1e2}',
    '{"a":-0.0}',
    '{"a":9007199254740992}',
    '{"a":1e400}',
    '{"a":"\\ud800"}',
    '{"\\udc00":1}',
    "\ufeff{}",
    '{"a":01}',
    "{'a':1}",
    '{"a":"\t"}',
    `{"a":${"[".repeat(13)}${"]".repeat(13)}}`,
    `{"a":${"[".repeat(100_000)}${"]".repeat(100_000)}}`,
  ]) {
    test(`not such JSON: ${text.slice(0, 24)}`, () => {
      assert.equal(json(text), "encoding.json");
    });
  }

  for (const text of [
    '{"b":1,"a":2}',
    '{"a": 1}',
    '{"a":1} ',
    '{"a":1,"a":1}',
    '{"a":2,"a":1}',
    '{"a":"\\u0061"}',
    '{"a":"\\/"}',
    '{"a":"1.5","\\u0062":2}',
  ]) {
    test(`not canonical: ${text}`, () => {
      assert.equal(json(text), "encoding.canonical");
    });
  }

  test("bytes that are no UTF-8 and objects that are too long", () => {
    const broken = concat(utf8('{"a":"'), Uint8Array.of(0xff), utf8('"}'));
    assert.equal(
      ruleOf(() => parseJson(broken)),
      "encoding.json",
    );
    assert.equal(json(`{"a":"${"x".repeat(LARGEST_OBJECT)}"}`), "encoding.json");
    assert.equal(json(`{"a":${"[".repeat(12)}${"]".repeat(12)}}`), null);
  });

  test("what is no JSON at all can't be written", () => {
    for (const value of [undefined, null, NaN, -1, 0.5, 1n, () => 1, { a: undefined }, [null]]) {
      assert.equal(
        ruleOf(() => canonical(value)),
        "encoding.json",
      );
    }
  });
});

describe("objects", () => {
  const object = (value: object): string | null => ruleOf(() => parseObject(canonical(value)));
  const session = { type: "session", congress: "C", name: "S", deputies: 3 };
  const id = "0".repeat(64);

  test("types that the page does not name", () => {
    assert.equal(object({ ...session, type: "meeting" }), "object.type");
    assert.equal(object({ ...session, type: "toString" }), "object.type");
    assert.equal(object({ ...session, type: 1 }), "object.type");
    assert.equal(object({ congress: "C" }), "object.type");
    assert.equal(
      ruleOf(() => parseAs("roll", canonical(session))),
      "object.type",
    );
    assert.equal(parseAs("session", canonical(session)).value.deputies, 3);
  });

  test("members that are missing, unknown or of another type", () => {
    const { deputies: _, ...missing } = session;
    assert.equal(object(missing), "object.schema");
    assert.equal(object({ ...session, more: 1 }), "object.schema");
    assert.equal(object({ ...session, deputies: "3" }), "object.schema");
    assert.equal(object({ ...session, deputies: true }), "object.schema");
    assert.equal(object({ ...session, name: 1 }), "object.schema");
    assert.equal(object({ ...session, name: ["S"] }), "object.schema");
    const proto = utf8('{"__proto__":{},"congress":"C","deputies":3,"name":"S","type":"session"}');
    assert.equal(
      ruleOf(() => parseObject(proto)),
      "object.schema",
    );
  });

  test("encodings inside members", () => {
    const annul = { type: "annul", election: id, reason: "", time: TIME };
    assert.equal(object(annul), null);
    assert.equal(object({ ...annul, election: "0" }), "encoding.hex");
    const roll = { type: "roll", session: id, credentials: ["A"] };
    assert.equal(object(roll), "encoding.base64");
    assert.equal(object({ ...roll, credentials: ["AAAA"] }), "object.key");
    assert.equal(object({ ...roll, credentials: [toB64u(new Uint8Array(32))] }), "object.key");
    const share = { type: "decryption", tally: id, index: 1, shares: "", proof: "", signature: "" };
    assert.equal(object(share), "encoding.base64");
  });

  test("the first fault in the page's order of members is the one named", () => {
    const ballot = {
      type: "ballot",
      election: "x",
      credential: "x",
      ciphertext: "=",
      commitment: "",
      proof: "",
      signature: "",
    };
    assert.equal(object(ballot), "encoding.hex");
    assert.equal(object({ ...ballot, election: id }), "encoding.base64");
    assert.equal(object({ ...ballot, election: id, credential: "AAAA" }), "object.key");
    const challenge = { type: "challenge", election: id, ballot, selections: [], seed: "" };
    assert.equal(object(challenge), "encoding.hex");
    assert.equal(object({ ...challenge, selections: [["a"]] }), "object.schema");
  });

  test("times are RFC 3339 in UTC, whole seconds, of the calendar", () => {
    const time = (text: string) => object({ type: "annul", election: id, reason: "", time: text });
    for (const good of [
      TIME,
      "2024-02-29T23:59:59Z",
      "2000-02-29T00:00:00Z",
      "0001-01-01T00:00:00Z",
    ]) {
      assert.equal(time(good), null, good);
    }
    for (const bad of [
      "2026-02-29T00:00:00Z",
      "1900-02-29T00:00:00Z",
      "2026-04-31T00:00:00Z",
      "2026-13-01T00:00:00Z",
      "2026-00-01T00:00:00Z",
      "2026-01-00T00:00:00Z",
      "0000-01-01T00:00:00Z",
      "2026-01-01T24:00:00Z",
      "2026-01-01T00:60:00Z",
      "2026-01-01T00:00:60Z",
      "2026-01-01T00:00:00.0Z",
      "2026-01-01T00:00:00+00:00",
      "2026-01-01t00:00:00z",
      "2026-01-01 00:00:00Z",
      " 2026-01-01T00:00:00Z",
      "2026-01-01T00:00:00Z\n",
      "",
    ]) {
      assert.equal(time(bad), "encoding.time", bad);
    }
  });

  test("an object's bytes have its id", () => {
    const stored = store({ type: "session", congress: "C", name: "S", deputies: 3 });
    checkId(stored.raw, stored.id);
    assert.deepEqual(objectBytes(stored.value), stored.raw);
    assert.equal(
      ruleOf(() => checkId(utf8("{}"), stored.id)),
      "object.id",
    );
  });
});

describe("codes", () => {
  test("Crockford's letters are read as they are meant", () => {
    assert.equal(parseCrockford("oO-iI lL", 30), parseCrockford("001111", 30));
    assert.equal(parseCrockford("U0", 10), null);
    assert.equal(parseCrockford("000", 10), null);
    assert.equal(toCrockford(Uint8Array.of(0xff), 8), "ZW");
  });

  test("a card's code is read in any dress", () => {
    const secretOfCard = card(1);
    const code = cardCode(secretOfCard);
    const dresses = [
      code,
      code.toLowerCase(),
      code.replace(/-/g, ""),
      ` ${code} `,
      cardQr(secretOfCard),
    ];
    for (const dress of [...dresses, cardQr(secretOfCard).toLowerCase()]) {
      assert.deepEqual(parseCardCode(dress), secretOfCard, dress);
    }
  });

  test("a card whose code begins like the prefix is read as well", () => {
    // 20, 25, 1 in five bits each are the letters M, S, 1.
    const begins = Uint8Array.of(0b10100110, 0b01000010, ...new Array<number>(14).fill(7));
    const code = cardCode(begins as CardSecret);
    assert.ok(code.startsWith("MS1"));
    assert.deepEqual(parseCardCode(code), begins);
    assert.deepEqual(parseCardCode(cardQr(begins as CardSecret)), begins);
  });

  test("every letter mistyped is told", () => {
    const letters = cardCode(card(2)).replace(/-/g, "");
    for (let at = 0; at < letters.length; at += 1) {
      const other = letters[at] === "7" ? "8" : "7";
      const typed = letters.slice(0, at) + other + letters.slice(at + 1);
      assert.equal(
        ruleOf(() => parseCardCode(typed)),
        "card.code",
        `letter ${at}`,
      );
    }
    for (const bad of ["", "MS1", letters.slice(1), `${letters}0`, `MT1${letters}`]) {
      assert.equal(
        ruleOf(() => parseCardCode(bad)),
        "card.code",
        bad,
      );
    }
  });

  test("a trustee's sheet is told from a card", () => {
    const seed = secret("trustee") as TrusteeSeed;
    assert.deepEqual(parseTrusteeCode(trusteeCode(seed)), seed);
    assert.equal(
      ruleOf(() => parseTrusteeCode(cardCode(card(1)))),
      "trustee.code",
    );
    assert.equal(
      ruleOf(() => parseCardCode(trusteeCode(seed))),
      "card.code",
    );
    assert.throws(() => trusteeCode(card(1) as Uint8Array as TrusteeSeed), RangeError);
    assert.equal(toHex(parseTrusteeCode(trusteeCode(seed))), toHex(seed));
  });
});
