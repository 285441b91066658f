// Builds what browsers get: bundles, copied assets and the icon sheet, named by their content.
//
// Entry points, by name alone:
//   <room>/page.ts     an ES module for a page; parts that pages share become chunks
//   <room>/page.css    a style sheet for a page
//   <room>/worker.ts   a classic worker script in one file; a page learns its address by
//                      `import url from "worker:<room>"`
// `assets.json` names files of installed packages that are copied as they are, and the Lucide
// icons that become symbols of `vendor/icons.svg`.
//
// Output: `voting/static/dist/` (or the folder given as argument) with `manifest.json`, which
// maps each logical name, as `booth/page.js`, to its file and the SHA-256 of its bytes. The same
// sources give the same bytes everywhere.

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const web = dirname(fileURLToPath(import.meta.url));
const out = resolve(process.argv[2] ?? join(web, "..", "voting", "static", "dist"));
const manifest = {};

const common = {
  absWorkingDir: web,
  bundle: true,
  minify: true,
  target: "es2020",
  charset: "utf8",
  legalComments: "eof",
  outbase: web,
  outdir: out,
  entryNames: "[dir]/[name]-[hash]",
  chunkNames: "chunks/[name]-[hash]",
  metafile: true,
  write: false,
  logLevel: "warning",
};

/** What a symbol takes along into the page that uses it. */
const STROKE = 'stroke="currentColor" stroke-width="2" stroke-linecap="round"';
const ICON_STYLE = `fill="none" ${STROKE} stroke-linejoin="round"`;

function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Write a file of the output; with a logical name it is listed in the manifest. */
function put(file, bytes, logical) {
  mkdirSync(dirname(join(out, file)), { recursive: true });
  writeFileSync(join(out, file), bytes);
  if (logical !== undefined) {
    manifest[logical] = { file, sha256: sha256(bytes) };
  }
}

/** Write bytes under a name made of the logical one and their hash. */
function putHashed(logical, bytes) {
  const { dir, name, ext } = posix.parse(logical);
  put(posix.join(dir, `${name}-${sha256(bytes).slice(0, 8)}${ext}`), bytes, logical);
}

/** Every room's file of one name. */
function entries(name) {
  return readdirSync(web)
    .sort()
    .filter((room) => room !== "node_modules" && existsSync(join(web, room, name)))
    .map((room) => `${room}/${name}`);
}

async function bundle(names, options) {
  if (names.length === 0) {
    return;
  }
  const { outputFiles, metafile } = await build({ ...common, ...options, entryPoints: names });
  const entryOf = new Map(
    Object.entries(metafile.outputs).map(([path, { entryPoint }]) => [
      resolve(web, path),
      entryPoint,
    ]),
  );
  for (const { path, contents } of outputFiles) {
    const file = path
      .slice(out.length + 1)
      .split("\\")
      .join("/");
    put(file, contents, entryOf.get(path)?.replace(/\.ts$/, ".js"));
  }
}

/** Gives `worker:<room>` the address of a room's built worker, beside the page's own. */
const workerAddresses = {
  name: "worker-addresses",
  setup(plugin) {
    plugin.onResolve({ filter: /^worker:/ }, ({ path }) => ({ path, namespace: "worker" }));
    plugin.onLoad({ filter: /.*/, namespace: "worker" }, ({ path }) => {
      const worker = manifest[`${path.slice("worker:".length)}/worker.js`];
      const address = JSON.stringify(`../${worker.file}`);
      return { contents: `export default new URL(${address}, import.meta.url).href;` };
    });
  },
};

/** One symbol an icon, so that a page shows it by `<use href="…/icons.svg#name">`. */
function iconSheet(names) {
  const symbols = [...names].sort().map((name) => {
    const path = join(web, "node_modules", "lucide-static", "icons", `${name}.svg`);
    const [, body] = /<svg[^>]*>([\s\S]*)<\/svg>/.exec(readFileSync(path, "utf8"));
    const drawing = body.trim().replace(/\n\s*/g, "");
    return `<symbol id="${name}" viewBox="0 0 24 24" ${ICON_STYLE}>${drawing}</symbol>`;
  });
  const head = '<svg xmlns="http://www.w3.org/2000/svg">';
  return Buffer.from(`${head}\n${symbols.join("\n")}\n</svg>\n`);
}

rmSync(out, { recursive: true, force: true });
const assets = JSON.parse(readFileSync(join(web, "assets.json"), "utf8"));
for (const [logical, source] of Object.entries(assets.files)) {
  putHashed(logical, readFileSync(join(web, "node_modules", source)));
}
putHashed("vendor/icons.svg", iconSheet(assets.icons));
await bundle(entries("worker.ts"), { format: "iife" });
await bundle(entries("page.css"), { external: ["/*"] });
await bundle(entries("page.ts"), { format: "esm", splitting: true, plugins: [workerAddresses] });
const sorted = Object.fromEntries(Object.entries(manifest).sort(([a], [b]) => (a < b ? -1 : 1)));
put("manifest.json", `${JSON.stringify(sorted, null, 2)}\n`);
