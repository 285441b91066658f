// Lists the TypeScript files that are built for tests.

import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Name every source under a folder, but what is built or installed, by its path from there. */
export function sourcesOf(root, folder = "") {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
    if (entry.isDirectory()) {
      return ["node_modules", "build"].includes(entry.name) ? [] : sourcesOf(root, path);
    }
    return path.endsWith(".ts") && !path.endsWith(".d.ts") ? [path] : [];
  });
}
