// Prints the verdicts of the TypeScript rooms on cases that another language made.
//
//     node tests/verdicts.mjs [CASES [ANSWER]]
//
// CASES, or standard input, is a JSON list of cases; ANSWER, or standard output, gets a JSON list
// of as many verdicts, `{"ok": VALUE}` or `{"rule": CODE, "where": PLACE or null}`. A case has
// `kind` and the members below; bytes are standard base64. VALUE is null where none is told.
//
//     json          raw                                  (canonical form)
//     object        raw                                  id
//     b64u b64 hex  text                                 the bytes
//     crockford     text, bits                           the number as text, or "null"
//     card trustee  text                                 the secret
//     point         raw                                  the bytes
//     scalar        raw                                  the number as text
//     key           raw                                  the bytes
//     signature     key, message, signature
//     manifest      manifest (JSON)                      options, slots, pivots, blocks, projects
//     selections    manifest (JSON), selections          the bits
//     make-ballot   election, keys, card, selections, seed    the ballot's id
//     ballot        election, keys, raw                  the ballot's id
//     challenge     election, keys, raw                  the ballot's id
//     outcome       manifest (JSON), counts, turnout [N, P, issued, ballots], result   the outcome
//     replay        objects (list of bytes)              a rule or null for each, in order
//     record        files {path: bytes} or zip, vkey     the report
//     vkey          text                                 the key as it is written
//     checkpoint    text, vkey                           origin, size, root
//     checkpoint    text, vkey, witness                  the cosignature's time
//     entry         raw                                  object and type
//     receipt       text, vkey                           the tracker
//     compact       text, vkeys, witnesses               the tracker and the receipt's text
//     inclusion     leaf, index, size, path, root
//     consistency   smaller, old, size, root, path
//
// The exit status is 0 where every case was judged, whatever the verdicts.

import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const web = join(dirname(fileURLToPath(import.meta.url)), "..");
const { outputFiles } = await build({
  absWorkingDir: web,
  entryPoints: ["tests/verdicts.ts"],
  bundle: true,
  format: "esm",
  platform: "node",
  target: "node20",
  write: false,
});
const program = Buffer.from(outputFiles[0].contents).toString("base64");
const { judgeCase } = await import(`data:text/javascript;base64,${program}`);

const cases = JSON.parse(readFileSync(process.argv[2] ?? 0, "utf8"));
const verdicts = [];
for (const given of cases) {
  verdicts.push(await judgeCase(given));
}
writeFileSync(process.argv[3] ?? 1, `${JSON.stringify(verdicts)}\n`);
