/** Protocol §1. Ed25519 signatures, with one verdict wherever libraries differ. */

import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";

import { concat, isSame } from "./encoding.js";
import { Invalid, Malformed } from "./errors.js";

declare const checkedKey: unique symbol;
/** 32 bytes that were found to be a key. */
export type PublicKey = Uint8Array & { readonly [checkedKey]: true };

export const SIGNATURE_LENGTH = 64;
const NONCE_LENGTH = 12;

const { Point } = ed25519;
type CurvePoint = InstanceType<typeof Point>;

/** Give the public key of a 32-byte signing seed. */
export function publicKey(seed: Uint8Array): PublicKey {
  return ed25519.getPublicKey(seed) as Uint8Array as PublicKey;
}

/** Sign with a 32-byte seed (RFC 8032). */
export function sign(seed: Uint8Array, message: Uint8Array): Uint8Array {
  return ed25519.sign(message, seed);
}

/**
 * Take 32 bytes as a key. Throws `Malformed("object.key")`.
 *
 * A key is canonical, on the curve and not of small order.
 */
export function parseKey(data: Uint8Array): PublicKey {
  if (decode(data)?.isSmallOrder() ?? true) {
    throw new Malformed("object.key");
  }
  return data as PublicKey;
}

/** The library's strict reading of RFC 8032 takes canonical encodings alone. */
function decode(data: Uint8Array): CurvePoint | null {
  try {
    return Point.fromBytes(data, false);
  } catch {
    return null;
  }
}

/**
 * Check that `S B - k A` encodes to `R`. Throws `Invalid("object.signature")`.
 *
 * The library's own check multiplies by the cofactor, so the equation is reckoned here.
 */
export function checkSignature(key: PublicKey, message: Uint8Array, signature: Uint8Array): void {
  const R = signature.subarray(0, 32);
  const S = littleEndian(signature.subarray(32));
  if (signature.length !== SIGNATURE_LENGTH || !Point.Fn.isValid(S)) {
    throw new Invalid("object.signature");
  }
  const k = Point.Fn.create(littleEndian(sha512(concat(R, key, message))));
  const A = Point.fromBytes(key);
  const expected = Point.BASE.multiplyUnsafe(S).subtract(A.multiplyUnsafe(k));
  if (!isSame(expected.toBytes(), R)) {
    throw new Invalid("object.signature");
  }
}

/** Seal one message under a key that seals no other (RFC 8439, nonce of zeros). */
export function seal(key: Uint8Array, message: Uint8Array): Uint8Array {
  return chacha20poly1305(key, new Uint8Array(NONCE_LENGTH)).encrypt(message);
}

/** Open a sealed message. Throws `Invalid("ceremony.share")`. */
export function unseal(key: Uint8Array, sealed: Uint8Array): Uint8Array {
  const cipher = chacha20poly1305(key, new Uint8Array(NONCE_LENGTH));
  try {
    return cipher.decrypt(sealed);
  } catch {
    throw new Invalid("ceremony.share");
  }
}

function littleEndian(data: Uint8Array): bigint {
  return data.reduceRight((number, byte) => (number << 8n) | BigInt(byte), 0n);
}
