/** What browsers get is built the same everywhere, and named by its content. */

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, test } from "node:test";

import { webFolder } from "./vectors.js";

const place = mkdtempSync(join(tmpdir(), "minsheng-build-"));
after(() => rmSync(place, { recursive: true, force: true }));

/** Build into a folder and give its files. */
function build(name: string): Map<string, string> {
  const out = join(place, name);
  execFileSync(process.execPath, [join(webFolder(), "build.mjs"), out]);
  const files = readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    files.map((path) => [path.slice(out.length + 1), readFileSync(path).toString("latin1")]),
  );
}

describe("the build", () => {
  const files = build("one");
  const manifest = JSON.parse(files.get("manifest.json")!) as {
    readonly [logical: string]: { readonly file: string; readonly sha256: string };
  };

  test("gives the same bytes again, whatever stood in the folder", () => {
    writeFileSync(join(place, "one", "stray.js"), "");
    assert.deepEqual(build("one"), files);
    assert.deepEqual(build("two"), files);
  });

  test("lists each file with the hash of its bytes", () => {
    for (const { file, sha256 } of Object.values(manifest)) {
      const bytes = Buffer.from(files.get(file)!, "latin1");
      assert.equal(createHash("sha256").update(bytes).digest("hex"), sha256, file);
    }
    assert.ok(manifest["vendor/htmx.js"] && manifest["vendor/icons.svg"]);
  });

  test("leaves nothing to be fetched from another host", () => {
    for (const [file, content] of files) {
      assert.doesNotMatch(
        content,
        /(?:import|from|@import)\s*\(?["']https?:|url\(["']?https?:/,
        file,
      );
    }
  });
});

describe("the verdicts' command", () => {
  const judge = (cases: string) =>
    spawnSync(process.execPath, [join(webFolder(), "tests", "verdicts.mjs")], { input: cases });

  test("answers each case, and knows no other kinds", () => {
    const { stdout, status } = judge('[{"kind":"vkey","text":"x"},{"kind":"json","raw":"e30="}]');
    assert.equal(status, 0);
    const expected = [{ rule: "log.vkey", where: null }, { ok: null }];
    assert.deepEqual(JSON.parse(stdout.toString()), expected);
    assert.notEqual(judge('[{"kind":"other"}]').status, 0);
  });
});
