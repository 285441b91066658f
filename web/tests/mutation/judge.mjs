// Tells of a mutant whether the tests notice it.
//
// A mutant is judged by the cheapest tests that reach it, which together usually take PATIENCE:
// what only a long test would notice counts as not noticed. Many mutants share a process; that
// tests failed there counts only if they pass in it afterwards, without a mutant. What runs while a
// file is loaded is judged in a process of its own, where the mutant is on from the start.

import { fork } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const PATIENCE = 5000;
const FIRST = 1000;
const REMEMBERED = 4;
const AT_ONCE = 25;
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

  /** Give those of the mutants that no test notices; `told` hears of each once it is certain. */
  async left(mutants, told) {
    const left = [];
    for (let at = 0; at < mutants.length; at += AT_ONCE) {
      const found = await this.leftOf(mutants.slice(at, at + AT_ONCE));
      found.forEach(told);
      left.push(...found);
    }
    return left;
  }

  async leftOf(mutants) {
    const left = [];
    const failed = new Set();
    for (const mutant of mutants) {
      const { isNoticed, by } = await this.judge(mutant);
      if (!isNoticed) {
        left.push(mutant);
      } else if (by !== undefined) {
        failed.add(by);
      }
    }
    for (const test of failed) {
      if (!(await this.passes(this.worker, test))) {
        this.renew();
        if (await this.isDropped(test)) {
          return this.leftOf(mutants);
        }
        return mutants.length > 1 ? this.leftOneByOne(mutants) : this.leftAfresh(mutants[0]);
      }
    }
    return left;
  }

  /** Drop a test that fails when it is run twice, for it would seem to notice whatever comes. */
  async isDropped(test) {
    const isRepeatable =
      (await this.passes(this.worker, test)) && (await this.passes(this.worker, test));
    if (!isRepeatable) {
      this.tests = this.tests.filter((other) => other !== test);
      this.noticing = this.noticing.filter((other) => other !== test);
      console.log(`left out, for it passes only once: ${test.test}`);
      this.renew();
    }
    return !isRepeatable;
  }

  async leftOneByOne(mutants) {
    const left = [];
    for (const mutant of mutants) {
      left.push(...(await this.leftOf([mutant])));
    }
    return left;
  }

  async leftAfresh(mutant) {
    return (await this.isNoticedAfresh(mutant, this.testsFor(mutant))) ? [] : [mutant];
  }

  /** Tell whether a mutant is noticed, and by which test of the process that mutants share. */
  async judge(mutant) {
    const tests = this.testsFor(mutant);
    for (const test of tests.filter((one) => this.hits(one.test, mutant.id) > 0)) {
      if (!(await this.passes(this.worker, test, mutant.id))) {
        if (this.worker.isOver) {
          this.renew();
          return { isNoticed: true };
        }
        this.remember(test);
        return { isNoticed: true, by: test };
      }
    }
    const isLoaded = mutant.id in this.reached.static;
    return { isNoticed: isLoaded && (await this.isNoticedAfresh(mutant, tests)) };
  }

  renew() {
    this.worker.end();
    this.worker = new Worker();
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
    const question = { file, test, mutant, hits, patience: 1000 + 10 * ms };
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
