// Judges every mutant of rooms of ballots/ by the tests that reach it, and lists what none noticed.
//
//   node run.mjs [room ...] [--tests=part,...] [--again]
//
// `--tests` takes only test files with such a part in their name, which saves time while tests are
// written. `--again` takes only what no run has noticed yet, in rooms that have not changed since.
// The table is of all rooms judged so far; the command fails above LARGEST_SHARE of survivors.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

import { sourcesOf } from "../sources.mjs";
import { Judge } from "./judge.mjs";
import { buildSpoiled, out, web } from "./spoil.mjs";

const LARGEST_SHARE = 0.03;
const RESULTS = join(web, "build", "mutants.json");
/** Tests of the rooms import one of them, or the congress that is made by them. */
const OF_ROOMS = /"(\.\.\/ballots\/|\.\/congress\.js")/;

/** The tests of the rooms of ballots/. */
function testFiles(sources, parts) {
  return sources
    .filter((path) => path.endsWith(".test.ts"))
    .filter((path) => OF_ROOMS.test(readFileSync(join(web, path), "utf8")))
    .filter((path) => parts.length === 0 || parts.some((part) => path.includes(part)))
    .map((path) => join(out, path.replace(/\.ts$/, ".js")));
}

function show({ room, line, column, kind, original, replacement }) {
  const short = (text) => text.replace(/\s+/g, " ").slice(0, 90);
  return `${room}.ts:${line}:${column} ${kind}: ${short(original)}  ->  ${short(replacement)}`;
}

function showTable(results) {
  console.log("\n| file | mutants | noticed | survivors |\n|---|---:|---:|---:|");
  for (const [room, { number, left }] of Object.entries(results)) {
    console.log(`| ${room}.ts | ${number} | ${number - left.length} | ${left.length} |`);
  }
}

const given = process.argv.slice(2);
const parts = given.flatMap((part) =>
  part.startsWith("--tests=") ? part.slice(8).split(",") : [],
);
const sources = sourcesOf(web);
const all = sources.filter((path) => dirname(path) === "ballots");
const named = given.filter((argument) => !argument.startsWith("--"));
const rooms = named.length > 0 ? named : all.map((path) => basename(path, ".ts"));

const results = existsSync(RESULTS) ? JSON.parse(readFileSync(RESULTS, "utf8")) : {};
const known = (room, source) =>
  given.includes("--again") && results[room]?.source === source ? results[room] : undefined;
const spoiled = await buildSpoiled(rooms, sources);
const judge = new Judge(spoiled.flatMap(({ mutants }) => mutants));
await judge.measure(testFiles(sources, parts), join(web, "build", "tests.json"));
for (const { room, source, mutants } of spoiled) {
  const before = known(room, source);
  const open = mutants.filter((_, place) => before?.left.includes(place) ?? true);
  const left = await judge.left(open, (mutant) => console.log(show(mutant)));
  const places = left.map((mutant) => mutants.indexOf(mutant));
  results[room] = { source, number: mutants.length, left: places };
  writeFileSync(RESULTS, JSON.stringify(results));
}
judge.end();

showTable(results);
const sum = (count) => Object.values(results).reduce((total, result) => total + count(result), 0);
const [number, left] = [sum((result) => result.number), sum((result) => result.left.length)];
console.log(`\n${left} of ${number} survive: ${((100 * left) / number).toFixed(1)} %`);
process.exit(left > LARGEST_SHARE * number ? 1 : 0);
