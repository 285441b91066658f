// Builds the rooms and their tests with every mutant inside, each behind its own switch.

import { readFileSync, rmSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

import { Instrumenter } from "@stryker-mutator/instrumenter";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
export const web = join(here, "..", "..");
export const out = join(web, "build", "mutation");

const silent = () => {};
const logger = {
  isTraceEnabled: () => false,
  isDebugEnabled: () => false,
  trace: silent,
  debug: silent,
  info: silent,
  warn: console.warn,
};

/** Put the mutants of the rooms into their sources; give both. */
function mutate(rooms) {
  const files = rooms.map((room) => {
    const name = join(web, "ballots", `${room}.ts`);
    return { name, mutate: true, content: readFileSync(name, "utf8") };
  });
  return new Instrumenter(logger).instrument(files, {
    plugins: null,
    ignorers: [],
    excludedMutations: [],
  });
}

/** Build all sources, the given rooms with their mutants; give the mutants of each. */
export async function buildSpoiled(rooms, sources) {
  const { files, mutants } = await mutate(rooms);
  const contents = new Map(files.map(({ name, content }) => [name, content]));
  const collector = JSON.stringify(pathToFileURL(join(here, "collect.mjs")).href);
  rmSync(out, { recursive: true, force: true });
  await build({
    entryPoints: sources.map((path) => join(web, path)),
    outbase: web,
    outdir: out,
    bundle: false,
    format: "esm",
    target: "node20",
    logLevel: "warning",
    plugins: [
      {
        name: "mutants",
        setup(plugin) {
          plugin.onLoad({ filter: /\.ts$/ }, ({ path }) => ({
            contents: (contents.get(path) ?? readFileSync(path, "utf8")).replaceAll(
              '"node:test"',
              collector,
            ),
            loader: "ts",
          }));
        },
      },
    ],
  });
  return files.map(({ name }) => {
    const source = readFileSync(name, "utf8");
    const room = basename(name, ".ts");
    const own = mutants.filter(({ fileName }) => fileName === name);
    return { room, source, mutants: own.map((mutant) => described(mutant, room, source)) };
  });
}

function described({ id, mutatorName: kind, location, replacement }, room, source) {
  const [line, column] = [location.start.line + 1, location.start.column + 1];
  return { id, room, kind, line, column, original: extract(source, location), replacement };
}

function extract(source, { start, end }) {
  const lines = source.split("\n").slice(start.line, end.line + 1);
  lines.push(lines.pop().slice(0, end.column));
  return [lines[0].slice(start.column), ...lines.slice(1)].join("\n");
}
