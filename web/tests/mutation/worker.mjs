// Runs one test after the other in a process of its own, with the mutant switched on that each
// message names; a mutant given at the start is on from the first line that is loaded.

import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";

import { collect, tests } from "./collect.mjs";

const WATCH = `
  const { parentPort } = require("node:worker_threads");
  let end = Infinity;
  const spent = () => process.cpuUsage().user / 1000;
  parentPort.on("message", (ms) => { end = spent() + ms; });
  setInterval(() => spent() > end && process.kill(process.pid, "SIGKILL"), 250);
`;

const LOADING = 3000;
const stryker = (globalThis.__stryker__ = { activeMutant: process.env.MUTANT });
const loaded = new Map();
// A test that never ends holds its thread, so another counts what it has spent of the processor,
// which on a busy machine says more than a clock.
const watch = new Worker(WATCH, { eval: true });

function load(file) {
  if (!loaded.has(file)) {
    loaded.set(file, collect(file, pathToFileURL(file).href));
  }
  return loaded.get(file);
}

async function isPassed({ file, test, mutant, patience = Infinity, hits = Infinity }) {
  try {
    watch.postMessage(patience + LOADING);
    await load(file);
    watch.postMessage(patience);
    stryker.activeMutant = mutant ?? process.env.MUTANT;
    stryker.currentTestId = test;
    stryker.hitCount = 0;
    stryker.hitLimit = hits;
    await tests.get(test)();
    return stryker.hitCount <= hits;
  } catch {
    return false;
  } finally {
    stryker.activeMutant = process.env.MUTANT;
    stryker.currentTestId = undefined;
    watch.postMessage(Infinity);
  }
}

/** List a file's tests. */
async function list(file) {
  await load(file);
  return [...tests.keys()].filter((test) => test.startsWith(`${file} / `));
}

process.on("message", async (message) => {
  if (message.list !== undefined) {
    process.send({ tests: await list(message.list) });
  } else if (message.coverage) {
    process.send(stryker.mutantCoverage ?? { static: {}, perTest: {} });
  } else {
    const began = process.cpuUsage();
    const passed = await isPassed(message);
    process.send({ passed, ms: process.cpuUsage(began).user / 1000 });
  }
});
process.on("disconnect", () => process.exit());
