// Tells of a mutant whether the tests notice it.
//
// A mutant is judged by the cheapest tests that reach it, which together usually take PATIENCE:
// what only a long test would notice counts as not noticed. That a test failed counts only if it
// passes right after in the same process, without the mutant. What runs while a file is loaded is
// judged in a process of its own, where the mutant is on from the start.

import { fork } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PATIENCE = 4000;
const FIRST = 1000;
const REMEMBERED = 12;
const WORKER = join(dirname(fileURLToPath(import.meta.url)), "worker.mjs");

/** A process that runs tests; when it ends before it answers, the test has failed. */
class Worker {
  constructor(mutant) {
    const { MUTANT: _, ...env } = process.env;
    const options = { env: mutant === undefined ? env : { ...env, MUTANT: mutant } };
    this.child = fork(WORKER, { ...options, stdio: "ignore" });
    this.isOver = false;
    this.child.on("exit", () => {
      this.isOver = true;
      this.answer?.({ passed: false });
    });
    this.child.on("message", (message) => this.answer?.(message));
  }

  ask(question) {
    if (this.isOver) {
      return Promise.resolve({ passed: false });
    }
    return new Promise((resolve) => {
      this.answer = resolve;
      this.child.send(question);
    });
  }

  end() {
    this.child.kill("SIGKILL");
  }
}

export class Judge {
  constructor(mutants) {
    this.worker = new Worker();
    this.noticing = [];
    this.neighbours = new Map();
    for (const mutant of mutants) {
      this.neighbours.set(mutant.room, [...(this.neighbours.get(mutant.room) ?? []), mutant.id]);
    }
  }

  /**
   * Run all tests as they are: what each costs, and how often it reaches which mutant.
   *
   * The times are kept; a test known to take longer than a mutant's PATIENCE is left out.
   */
  async measure(files, notes) {
    const worker = new Worker();
    const known = existsSync(notes) ? JSON.parse(readFileSync(notes, "utf8")) : {};
    this.tests = [];
    for (const file of files) {
      for (const test of (await worker.ask({ list: file })).tests) {
        if ((known[test] ?? 0) < PATIENCE) {
          const { passed, ms } = await worker.ask({ file, test });
          if (!passed) {
            throw new Error(`fails without any mutant: ${test}`);
          }
          known[test] = ms;
          this.tests.push({ file, test, ms });
        }
      }
    }
    writeFileSync(notes, JSON.stringify(known));
    this.tests = this.tests.filter(({ ms }) => ms < PATIENCE).sort((a, b) => a.ms - b.ms);
    this.reached = await worker.ask({ coverage: true });
    worker.end();
  }

  hits(test, id) {
    return this.reached.perTest[test]?.[id] ?? 0;
  }

  /** The tests for a mutant, the cheapest first, those that noticed others lately before all. */
  testsFor({ id, room }) {
    let reaching = this.tests.filter(({ test }) => this.hits(test, id) > 0);
    if (id in this.reached.static) {
      const ids = this.neighbours.get(room);
      const near = this.tests.filter(({ test }) => ids.some((other) => this.hits(test, other) > 0));
      const own = near.filter(({ file }) => file.endsWith(`/${room}.test.js`));
      reaching = [...new Set([...reaching, ...own, ...near])];
    }
    const first = this.noticing.filter((test) => test.ms < FIRST && reaching.includes(test));
    let left = PATIENCE;
    return [...new Set([...first, ...reaching])].filter(({ ms }) => (left -= ms) > 0);
  }

  async isNoticed(mutant) {
    const tests = this.testsFor(mutant);
    for (const test of tests.filter((one) => this.hits(one.test, mutant.id) > 0)) {
      if (!(await this.passes(this.worker, test, mutant.id))) {
        const isOver = this.worker.isOver;
        if (!isOver && (await this.passes(this.worker, test))) {
          this.remember(test);
          return true;
        }
        this.worker.end();
        this.worker = new Worker();
        return isOver || this.isNoticedAfresh(mutant, tests);
      }
    }
    return mutant.id in this.reached.static && this.isNoticedAfresh(mutant, tests);
  }

  async isNoticedAfresh(mutant, tests) {
    const worker = new Worker(mutant.id);
    try {
      for (const test of tests) {
        if (!(await this.passes(worker, test))) {
          return true;
        }
      }
      return false;
    } finally {
      worker.end();
    }
  }

  /** A loop that has no end is known by a hundred times the usual hits, or time. */
  async passes(worker, { file, test, ms }, mutant) {
    const hits = mutant === undefined ? undefined : 1000 + 100 * this.hits(test, mutant);
    const question = { file, test, mutant, hits, patience: PATIENCE + 10 * ms };
    return (await worker.ask(question)).passed;
  }

  remember(test) {
    this.noticing = [test, ...this.noticing.filter((other) => other !== test)];
    this.noticing.length = Math.min(this.noticing.length, REMEMBERED);
  }

  end() {
    this.worker.end();
  }
}
