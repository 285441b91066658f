/** Protocol §1. How bytes, hashes, base64url, canonical JSON and Crockford's codes are written. */

import { sha256 as sha256Of, sha512 } from "@noble/hashes/sha2.js";

import { Malformed } from "./errors.js";

export type Json = string | number | boolean | readonly Json[] | { readonly [name: string]: Json };
export type JsonObject = { readonly [name: string]: Json };

export const VERSION = "minsheng-ballot/v1";
export const LARGEST_NUMBER = Number.MAX_SAFE_INTEGER;
export const LARGEST_OBJECT = 4 * 1024 * 1024;
export const DEEPEST_OBJECT = 12;
export const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const BASE64URL = /^[A-Za-z0-9_-]*$/;
const BASE64 = /^[A-Za-z0-9+/]*={0,2}$/;
const HEX = /^[0-9a-f]*$/;
const LONE_SURROGATE = /[\ud800-\udfff]/u;
const STRINGS = /"(?:[^"\\]|\\.)*"/g;
const FRACTION = /\d[.eE]/;
const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Write text as UTF-8. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Read UTF-8, or `null` where it is none. */
export function parseUtf8(data: Uint8Array): string | null {
  try {
    return decoder.decode(data);
  } catch {
    return null;
  }
}

/** Give zeros in a buffer of their own; small arrays without one are moved, and copies stay. */
export function room(length: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(new ArrayBuffer(length));
}

/** Join bytes. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = room(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/** Tell whether two runs of bytes are the same; for public values. */
export function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

/** Write a number as four bytes, big-endian. */
export function u32(number: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, number);
  return bytes;
}

/** Join parts so that no two lists of parts give the same bytes. */
export function frame(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const framed = [utf8(`${VERSION}\0${tag}\0`)];
  for (const part of parts) {
    framed.push(u32(part.length), part);
  }
  return concat(...framed);
}

/** Use bytes that may be secret, and overwrite them: memory that is freed keeps what was in it. */
export function burn<T>(bytes: Uint8Array, use: (bytes: Uint8Array) => T): T {
  try {
    return use(bytes);
  } finally {
    bytes.fill(0);
  }
}

/** Hash a frame with SHA-512. */
export function h512(tag: string, ...parts: readonly Uint8Array[]): Uint8Array {
  // The library's own answer would lie where garbage collection leaves copies of it.
  const hash = room(64);
  const hasher = sha512.create();
  burn(frame(tag, ...parts), (framed) => hasher.update(framed)).digestInto(hash);
  hasher.destroy();
  return hash;
}

/** Hash bytes with SHA-256. */
export function sha256(data: Uint8Array): Uint8Array {
  return sha256Of(data);
}

/** Write bytes as base64url without padding. */
export function toB64u(data: Uint8Array): string {
  return toB64(data).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+/, "");
}

/**
 * Read canonical base64url without padding, of `length` bytes where given.
 *
 * Throws `Malformed("encoding.base64")`.
 */
export function parseB64u(text: string, length?: number): Uint8Array {
  if (!BASE64URL.test(text) || text.length % 4 === 1) {
    throw new Malformed("encoding.base64");
  }
  const data = fromB64(text.replace(/-/g, "+").replace(/_/g, "/"));
  if ((length !== undefined && data.length !== length) || toB64u(data) !== text) {
    throw new Malformed("encoding.base64");
  }
  return data;
}

/**
 * Read canonical standard base64 with padding, as the C2SP formats use it.
 *
 * Throws `Malformed("encoding.base64")`.
 */
export function parseB64(text: string, length?: number): Uint8Array {
  if (!BASE64.test(text) || text.length % 4 !== 0) {
    throw new Malformed("encoding.base64");
  }
  const data = fromB64(text);
  if ((length !== undefined && data.length !== length) || toB64(data) !== text) {
    throw new Malformed("encoding.base64");
  }
  return data;
}

function fromB64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}

/** Write bytes as standard base64 with padding. */
export function toB64(data: Uint8Array): string {
  let letters = "";
  for (let at = 0; at < data.length; at += 8192) {
    letters += String.fromCharCode(...data.subarray(at, at + 8192));
  }
  return btoa(letters);
}

/** Read lowercase hex of `length` bytes. Throws `Malformed("encoding.hex")`. */
export function parseHex(text: string, length = 32): Uint8Array {
  if (text.length !== 2 * length || !HEX.test(text)) {
    throw new Malformed("encoding.hex");
  }
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Write bytes as lowercase hex. */
export function toHex(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * Write JSON in its RFC 8785 form; numbers are whole and from 0 to 2^53 - 1.
 *
 * Throws `Malformed("encoding.json")` for anything that is no such JSON.
 */
export function canonical(value: unknown): Uint8Array {
  return utf8(canonicalText(value, 0));
}

function canonicalText(value: unknown, depth: number): string {
  if (depth > DEEPEST_OBJECT) {
    throw new Malformed("encoding.json");
  }
  if (typeof value === "boolean") {
    return String(value);
  }
  if (typeof value === "string" && !LONE_SURROGATE.test(value)) {
    return JSON.stringify(value);
  }
  if (Number.isSafeInteger(value) && Number(value) >= 0) {
    return String(value);
  }
  if (Array.isArray(value)) {
    return `[${value.map((item) => canonicalText(item, depth + 1)).join(",")}]`;
  }
  if (typeof value === "object" && value !== null) {
    return canonicalMembers(value as JsonObject, depth);
  }
  throw new Malformed("encoding.json");
}

/** The default order of strings is by UTF-16 code units, as RFC 8785 asks. */
function canonicalMembers(value: JsonObject, depth: number): string {
  const names = Object.keys(value).sort();
  const members = names.map(
    (name) => `${canonicalText(name, depth)}:${canonicalText(value[name], depth + 1)}`,
  );
  return `{${members.join(",")}}`;
}

/**
 * Read a JSON object that stands in its canonical form.
 *
 * Throws `Malformed` with `encoding.json` (not such JSON) or `encoding.canonical`; a member
 * written twice is lost in reading and so shows as not canonical.
 */
export function parseJson(data: Uint8Array): JsonObject {
  const text = data.length > LARGEST_OBJECT ? null : parseUtf8(data);
  const value = text === null ? null : valueOf(text);
  if (typeof value !== "object" || Array.isArray(value)) {
    throw new Malformed("encoding.json");
  }
  if (canonicalText(value, 0) !== text) {
    throw new Malformed(hasFraction(text!) ? "encoding.json" : "encoding.canonical");
  }
  return value as JsonObject;
}

function valueOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw new Malformed("encoding.json");
  }
}

/** Tell whether a number is written as a fraction, which `JSON.parse` reads as a whole one. */
function hasFraction(text: string): boolean {
  return FRACTION.test(text.replace(STRINGS, ""));
}

/** Write the first `bits` bits of the data in Crockford's base 32; zero bits fill the end. */
export function toCrockford(data: Uint8Array, bits: number): string {
  const letters = Math.ceil(bits / 5);
  let code = "";
  for (let letter = 0; letter < letters; letter += 1) {
    let value = 0;
    for (let bit = 5 * letter; bit < 5 * letter + 5; bit += 1) {
      const isSet = bit < bits && ((data[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1;
      value = (value << 1) | (isSet ? 1 : 0);
    }
    code += CROCKFORD.charAt(value);
  }
  return code;
}

/**
 * Read a code as people type it, to a number of `bits` bits; `null` where it is none.
 *
 * Hyphens and white space are passed over, lower case, I, L and O are taken as meant.
 */
export function parseCrockford(text: string, bits: number): bigint | null {
  const letters = text.replace(/[-\s]/g, "");
  if (letters.length * 5 !== bits) {
    return null;
  }
  let number = 0n;
  for (const letter of letters.toUpperCase().replace(/[IL]/g, "1").replace(/O/g, "0")) {
    const value = CROCKFORD.indexOf(letter);
    if (value < 0) {
      return null;
    }
    number = (number << 5n) | BigInt(value);
  }
  return number;
}

/** Show a code in groups of four joined by hyphens. */
export function grouped(code: string): string {
  return (code.match(/.{1,4}/g) ?? []).join("-");
}
