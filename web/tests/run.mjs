// Runs the tests: takes the types out of every TypeScript file and hands the rest to node --test.

import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { sourcesOf } from "./sources.mjs";

const web = join(dirname(fileURLToPath(import.meta.url)), "..");
const out = join(web, "build", "tests");

rmSync(out, { recursive: true, force: true });
const sources = sourcesOf(web);
await build({
  entryPoints: sources.map((path) => join(web, path)),
  outbase: web,
  outdir: out,
  bundle: false,
  format: "esm",
  target: "node20",
  sourcemap: "inline",
  logLevel: "warning",
});

const options = process.argv.slice(2).filter((argument) => argument.startsWith("--"));
const wanted = process.argv.slice(2).filter((argument) => !argument.startsWith("--"));
const tests = sources
  .filter((path) => path.endsWith(".test.ts"))
  .filter((path) => wanted.length === 0 || wanted.some((part) => path.includes(part)))
  .map((path) => join(relative(process.cwd(), out), path.replace(/\.ts$/, ".js")))
  .map((path) => path.split("/").join(sep));
if (tests.length === 0) {
  console.error("no test has such a name");
  process.exit(2);
}
const node = ["--enable-source-maps", `--test-concurrency=${availableParallelism()}`];
const run = spawnSync(
  process.execPath,
  [...node, "--test-reporter=spec", ...options, "--test", ...tests],
  { stdio: "inherit" },
);
process.exit(run.status ?? 1);
