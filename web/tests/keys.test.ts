/** Ed25519 where libraries differ (A11), and the sealing of shares. */

import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";

import { concat, toHex, utf8 } from "../ballots/encoding.js";
import {
  type PublicKey,
  checkSignature,
  parseKey,
  publicKey,
  seal,
  sign,
  unseal,
} from "../ballots/keys.js";
import { ruleOf, secret } from "./congress.js";
import { bytes } from "./vectors.js";

const { Point } = ed25519;
type CurvePoint = InstanceType<typeof Point>;
const ORDER = Point.Fn.ORDER;
const FIELD = 2n ** 255n - 19n;

function little(number: bigint): Uint8Array {
  const out = new Uint8Array(32);
  for (let at = 0, rest = number; at < 32; at += 1, rest >>= 8n) {
    out[at] = Number(rest & 255n);
  }
  return out;
}

function number(data: Uint8Array): bigint {
  return data.reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function hash(...parts: Uint8Array[]): bigint {
  return number(sha512(concat(...parts))) % ORDER;
}

/** A point of order eight. */
const TORSION = Point.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");

/** Sign with secret `a` under any key `A`, whatever its torsion; `k` ignores nothing. */
function signWith(a: bigint, A: Uint8Array, message: Uint8Array, R = Point.BASE.multiply(77n)) {
  const k = hash(R.toBytes(), A, message);
  return concat(R.toBytes(), little((77n + k * a) % ORDER));
}

describe("RFC 8032", () => {
  test("its second test", () => {
    const seed = bytes("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
    const key = publicKey(seed);
    assert.equal(toHex(key), "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
    const signature = sign(seed, Uint8Array.of(0x72));
    assert.equal(
      toHex(signature),
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da" +
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    );
    checkSignature(key, Uint8Array.of(0x72), signature);
  });
});

describe("keys", () => {
  test("points of small order are none, in any writing", () => {
    let point: CurvePoint = TORSION;
    for (let i = 0; i < 8; i += 1, point = point.add(TORSION)) {
      assert.equal(
        ruleOf(() => parseKey(point.toBytes())),
        "object.key",
      );
    }
    // The same points with the sign of zero set, and with y written as y + p.
    for (const y of [0n, 1n, FIELD - 1n, FIELD, FIELD + 1n]) {
      for (const mark of [0n, 2n ** 255n]) {
        assert.equal(
          ruleOf(() => parseKey(little(y + mark))),
          "object.key",
          `${y}`,
        );
      }
    }
  });

  test("a y of p or more is no key, nor one off the curve, nor another length", () => {
    for (let y = FIELD; y < 2n ** 255n; y += 1n) {
      assert.equal(
        ruleOf(() => parseKey(little(y))),
        "object.key",
      );
    }
    assert.equal(
      ruleOf(() => parseKey(little(2n))),
      "object.key",
    );
    const key = publicKey(secret("k"));
    assert.equal(
      ruleOf(() => parseKey(key.slice(1))),
      "object.key",
    );
    assert.equal(
      ruleOf(() => parseKey(concat(key, Uint8Array.of(0)))),
      "object.key",
    );
    assert.equal(parseKey(key), key);
  });

  test("a key of mixed order is a key", () => {
    parseKey(Point.BASE.multiply(5n).add(TORSION).toBytes());
  });
});

describe("signatures", () => {
  const seed = secret("signer");
  const key = publicKey(seed);
  const message = utf8("message");
  const good = sign(seed, message);
  const refused = (k: PublicKey, m: Uint8Array, s: Uint8Array): void => {
    assert.equal(
      ruleOf(() => checkSignature(k, m, s)),
      "object.signature",
    );
  };

  test("another message, key, R or S", () => {
    refused(key, utf8("other"), good);
    refused(publicKey(secret("other")), message, good);
    for (const at of [0, 31, 32, 63]) {
      refused(
        key,
        message,
        good.map((byte, i) => (i === at ? byte ^ 1 : byte)),
      );
    }
  });

  test("another length", () => {
    refused(key, message, good.slice(1));
    refused(key, message, concat(good, Uint8Array.of(0)));
    refused(key, message, new Uint8Array());
  });

  test("S of l or more", () => {
    const S = number(good.slice(32));
    refused(key, message, concat(good.slice(0, 32), little(S + ORDER)));
    refused(key, message, concat(good.slice(0, 32), little(ORDER)));
  });

  test("R of small order is compared as bytes", () => {
    // With R = 0 and S = k a the equation S B - k A = R holds, so the signature does.
    const a = 5n;
    const A = Point.BASE.multiply(a).toBytes() as PublicKey;
    const R = Point.ZERO.toBytes();
    const S = little((hash(R, A, message) * a) % ORDER);
    checkSignature(A, message, concat(R, S));
    // The same point written otherwise is another R, so another k and other bytes.
    const other = little(1n + 2n ** 255n);
    refused(A, message, concat(other, little((hash(other, A, message) * a) % ORDER)));
    const beyond = little(FIELD + 1n);
    refused(A, message, concat(beyond, little((hash(beyond, A, message) * a) % ORDER)));
  });

  test("mixed order: with the cofactor it would hold, without it does not", () => {
    const a = 5n;
    const A = Point.BASE.multiply(a).add(TORSION).toBytes() as PublicKey;
    let held = 0;
    for (let i = 0; i < 24; i += 1) {
      const text = utf8(`message ${i}`);
      const signature = signWith(a, A, text);
      const k = hash(signature.slice(0, 32), A, text);
      assert.ok(ed25519.verify(signature, text, A, { zip215: true }));
      if (k % 8n === 0n) {
        checkSignature(A, text, signature);
        held += 1;
      } else {
        refused(A, text, signature);
      }
    }
    assert.ok(held > 0 && held < 24);
  });

  test("R with torsion under a plain key", () => {
    const a = 5n;
    const A = Point.BASE.multiply(a).toBytes() as PublicKey;
    const signature = signWith(a, A, message, Point.BASE.multiply(77n).add(TORSION));
    assert.ok(ed25519.verify(signature, message, A, { zip215: true }));
    refused(A, message, signature);
  });
});

describe("sealed messages", () => {
  test("open with their key alone, whole", () => {
    const key = secret("seal");
    const sealed = seal(key, utf8("share"));
    assert.deepEqual(unseal(key, sealed), utf8("share"));
    const spoilt = sealed.map((byte, i) => (i === 0 ? byte ^ 1 : byte));
    for (const [k, s] of [
      [secret("other"), sealed],
      [key, spoilt],
      [key, sealed.slice(1)],
    ] as const) {
      assert.equal(
        ruleOf(() => unseal(k, s)),
        "ceremony.share",
      );
    }
    assert.equal(
      ruleOf(() => unseal(key, new Uint8Array())),
      "ceremony.share",
    );
  });
});
