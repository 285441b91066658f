/** Every member of every type of object is asked for, in its form and its encoding. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { canonical, toB64u } from "../ballots/encoding.js";
import { publicKey } from "../ballots/keys.js";
import { FORMS, type ObjectType, objectBytes, parseObject, store } from "../ballots/objects.js";
import {
  count,
  flag,
  listOf,
  mapOf,
  matching,
  oneOf,
  pair,
  shape,
  text,
} from "../ballots/schema.js";
import { TIME, approval, ruleOf, secret } from "./congress.js";

const id = "0a".repeat(32);
const key = toB64u(publicKey(secret("key")));
const bytes = toB64u(new Uint8Array(32));
const signature = toB64u(new Uint8Array(64));
const ballot = {
  type: "ballot",
  election: id,
  credential: key,
  ciphertext: bytes,
  commitment: bytes,
  proof: bytes,
  signature,
};
const counts = { result: id, valid: true, quorum: 1 };

/** An object of each type, and of each kind of outcome. */
const OBJECTS: readonly object[] = [
  { type: "session", congress: "C", name: "S", deputies: 0 },
  { type: "ceremony", session: id, trustees: 1, threshold: 1, width: 32 },
  {
    type: "trustee",
    ceremony: id,
    index: 1,
    name: "T",
    sign: key,
    dh: bytes,
    commit: id,
    signature,
  },
  {
    type: "trustee-commitment",
    ceremony: id,
    index: 1,
    coefficients: bytes,
    proof: bytes,
    shares: ["", bytes],
    signature,
  },
  { type: "trustee-confirmation", ceremony: id, index: 1, transcript: id, signature },
  { type: "keys", ceremony: id, joint: bytes, verification: [bytes] },
  { type: "roll", session: id, credentials: [key] },
  { type: "issue", roll: id, credentials: [key] },
  { type: "revoke", roll: id, credentials: [key], reason: "R" },
  { type: "election", session: id, keys: id, roll: id, manifest: approval(2, 1) },
  { type: "open", election: id, present: 1, time: TIME },
  ballot,
  { type: "challenge", election: id, ballot, selections: [["q", "o"]], seed: bytes },
  { type: "close", election: id, present: 1, issued: 1, ballots: 1, time: TIME },
  { type: "tally", election: id, ballots: 1, ciphertext: bytes },
  { type: "decryption", tally: id, index: 1, shares: bytes, proof: bytes, signature },
  { type: "result", tally: id, trustees: [1], counts: [1] },
  {
    type: "outcome",
    ...counts,
    required: 1,
    elected: ["p"],
    tied: ["p"],
    not_elected: ["p"],
    open_seats: 0,
  },
  { type: "outcome", ...counts, grades: { p: "basic" } },
  { type: "annul", election: id, reason: "R", time: TIME },
  {
    type: "milestone",
    project: "p1",
    number: 1,
    previous: "",
    stage: "adopted",
    content: id,
    outcome: "",
    time: TIME,
  },
];

/** The rules of members that are not just text, numbers or lists of these. */
const HEX = "session ceremony keys roll election tally result commit transcript content".split(" ");
const KEYS = ["sign", "credential", "credentials"];
const BASE64 =
  "dh coefficients joint verification ciphertext commitment proof shares seed signature";

function ruleOfMember(name: string): string | null {
  if (HEX.includes(name)) {
    return "encoding.hex";
  }
  if (KEYS.includes(name)) {
    return "object.key";
  }
  if (name === "time") {
    return "encoding.time";
  }
  return BASE64.split(" ").includes(name) ? "encoding.base64" : null;
}

const verdict = (value: unknown): string | null => ruleOf(() => parseObject(canonical(value)));

describe("objects", () => {
  for (const value of OBJECTS) {
    const members = Object.entries(value);
    const { type } = value as { type: ObjectType };

    test(`${type} is read, and asks for each member`, () => {
      assert.equal(verdict(value), null);
      for (const [name, content] of members) {
        const { [name]: _, ...rest } = value as Record<string, unknown>;
        assert.equal(verdict(rest), name === "type" ? "object.type" : "object.schema", name);
        const otherwise = typeof content === "number" ? "1" : 1;
        const wrong = name === "type" ? "object.type" : "object.schema";
        assert.equal(verdict({ ...value, [name]: otherwise }), wrong, name);
        if (Array.isArray(content)) {
          const item = typeof content[0] === "number" ? "1" : 1;
          assert.equal(verdict({ ...value, [name]: [...content, item] }), wrong, name);
        }
      }
      assert.equal(verdict({ ...value, more: 1 }), "object.schema");
    });

    test(`${type} has members in their encodings`, () => {
      for (const [name, content] of members) {
        const rule = ruleOfMember(name);
        if (rule !== null && !(type === "keys" && name === "keys")) {
          const bad = rule === "object.key" ? bytes : "!";
          const given = Array.isArray(content) ? [...content.slice(1), bad] : bad;
          assert.equal(verdict({ ...value, [name]: given }), rule, name);
        }
      }
    });
  }

  test("are of types and stages that the page names", () => {
    assert.deepEqual(
      new Set(OBJECTS.map((value) => (value as { type: string }).type)),
      new Set(Object.keys(FORMS)),
    );
    const milestone = OBJECTS[OBJECTS.length - 1]!;
    const stages =
      "adopted decided planned reported visited problem answered closed adjusted accepted rated " +
      "rectified archived";
    for (const stage of stages.split(" ")) {
      assert.equal(verdict({ ...milestone, stage }), null, stage);
    }
    assert.equal(verdict({ ...milestone, stage: "" }), "object.schema");
    for (const project of ["", "P", "p_1", "p".repeat(33), "p1 "]) {
      assert.equal(verdict({ ...milestone, project }), "object.schema", project);
    }
    assert.equal(verdict({ ...milestone, project: "p".repeat(32) }), null);
  });

  test("have the first fault named, in the page's order of members", () => {
    const broken = { result: "!", valid: 1 };
    assert.equal(verdict({ type: "outcome", ...broken }), "object.schema");
    const outcome = { type: "outcome", ...counts, grades: {} };
    assert.equal(verdict({ ...outcome, result: "" }), "encoding.hex");
    assert.equal(verdict({ ...ballot, signature: bytes }), "encoding.base64");
    assert.deepEqual(parseObject(objectBytes(outcome as never)).id, store(outcome as never).id);
  });
});

describe("forms", () => {
  test("of single values", () => {
    assert.ok(flag(true) && flag(false) && !flag(0) && !flag("true"));
    assert.ok(text("") && !text(1) && !text(null));
    assert.ok(count(0) && count(2 ** 53 - 1) && !count(-1) && !count(2 ** 53) && !count(0.5));
    assert.ok(!count("1"));
    assert.ok(pair(["a", "b"]) && !pair(["a"]) && !pair(["a", 1]) && !pair([1, "b"]));
    assert.ok(!pair(["a", "b", "c"]) && !pair("ab"));
    assert.ok(matching(/^1$/)("1") && !matching(/^1$/)("2") && !matching(/^1$/)(1));
    assert.ok(oneOf("a", "b")("b") && !oneOf("a", "b")("c"));
  });

  test("of values in others", () => {
    assert.ok(listOf(count)([]) && listOf(count)([1, 2]) && !listOf(count)([1, "2"]));
    assert.ok(!listOf(text)("a"));
    assert.ok(mapOf(count)({}) && mapOf(count)({ a: 1 }) && !mapOf(count)({ a: 1, b: "2" }));
    assert.ok(!mapOf(count)([1]) && !mapOf(count)(null) && !mapOf(count)("a"));
  });

  test("of objects, with members that may be left out", () => {
    const form = shape({ a: count }, { b: text });
    assert.deepEqual(form.names, ["a"]);
    assert.ok(form({ a: 1 }) && form({ a: 1, b: "" }));
    for (const bad of [
      {},
      { b: "" },
      { a: "1" },
      { a: 1, b: 1 },
      { a: 1, c: 1 },
      [],
      null,
      "a",
      1,
    ]) {
      assert.ok(!form(bad), JSON.stringify(bad));
    }
    assert.ok(shape({})({}) && !shape({})(null) && !shape({})([]) && !shape({})("a"));
  });
});
