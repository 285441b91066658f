/** Draws codes for cameras as vector graphics, one path each. */

import { encodeQR } from "qr";

import { s } from "./dom.js";

/** Error correction: `quartile` for a screen photographed from afar, `low` for long texts. */
export type Correction = "low" | "medium" | "quartile";

const BORDER = 4;

/** Draw a text as a code; `label` is what a screen reader says of it. */
export function drawQr(text: string, label: string, correction: Correction = "medium"): SVGElement {
  const rows = encodeQR(text, "raw", { ecc: correction, border: BORDER });
  const size = rows.length;
  const path = rows
    .flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : "")))
    .join("");
  return s(
    "svg",
    {
      class: "qr",
      role: "img",
      "aria-label": label,
      "data-text": text,
      viewBox: `0 0 ${size} ${size}`,
    },
    s("rect", { width: size, height: size, fill: "#fff" }),
    s("path", { d: path, fill: "#000", "shape-rendering": "crispEdges" }),
  );
}
