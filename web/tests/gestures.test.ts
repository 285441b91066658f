/** How a card's code is taken from people's hands, and that the browser keeps no word of it. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { cleaned, grouped } from "../booth/gestures.js";

const CODE = "PY8M-2AK0-DE97-40QX-VT90-FKX7-SNDV";

test("a code is taken as it was meant", () => {
  assert.equal(cleaned("py8m-2ak0 iLo・é"), "PY8M2AK0110");
  assert.equal(cleaned("U".repeat(50)).length, 40);
});

test("a code is shown as the card shows it", () => {
  assert.equal(grouped(cleaned(CODE)), CODE);
  assert.equal(grouped("ABCDE"), "ABCD-E");
  assert.equal(grouped(""), "");
});

test("no regular expression sees a code, for the last text that one was run on is kept", () => {
  assert.ok(/seen/.test("what was seen before"));
  grouped(cleaned(`${CODE.toLowerCase()}ilo`));
  assert.equal(RegExp.input, "what was seen before");
});
