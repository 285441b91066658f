// Stands in for node:test where mutants are judged: it only gathers the tests, by name.

/** Every test of the files loaded so far. */
export const tests = new Map();
let path = [];

/** Load a test file's tests under its name. */
export async function collect(file, address) {
  path = [file];
  await import(address);
}

export function describe(name, body) {
  path.push(name);
  body();
  path.pop();
}

export function test(name, body) {
  const full = [...path, name].join(" / ");
  tests.set(tests.has(full) ? `${full} (${tests.size})` : full, body);
}

export { test as it };
