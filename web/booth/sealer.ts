/** The page's end of the worker: calls that answer, and a fresh worker for every deputy. */

import { type Calls, Fault, type ElectionFiles, type LogFiles, type Reply } from "./calls.js";
import type { Paper } from "./state.js";

type Parameters<K extends keyof Calls> = globalThis.Parameters<Calls[K]>;
type Result<K extends keyof Calls> = ReturnType<Calls[K]>;

/** A call that waits for its answer. */
interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (fault: Fault) => void;
}

export class Sealer {
  private worker: Worker;
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;
  private opened: readonly [LogFiles, ElectionFiles] | null = null;

  constructor(private readonly address: string) {
    this.worker = this.start();
  }

  private start(): Worker {
    const worker = new Worker(this.address);
    worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => this.take(data));
    worker.addEventListener("error", () => this.drop());
    return worker;
  }

  private take(reply: Reply): void {
    const waiting = this.waiting.get(reply.number);
    this.waiting.delete(reply.number);
    if ("rule" in reply) {
      waiting?.reject(new Fault(reply.rule));
    } else {
      waiting?.resolve(reply.value);
    }
  }

  private drop(): void {
    this.waiting.forEach(({ reject }) => reject(new Fault("")));
    this.waiting.clear();
  }

  /** Ask the worker. Throws `Fault` with the rule that was broken. */
  ask<K extends keyof Calls>(call: K, ...parameters: Parameters<K>): Promise<Result<K>> {
    this.last += 1;
    const number = this.last;
    return new Promise<unknown>((resolve, reject) => {
      this.waiting.set(number, { resolve, reject });
      this.worker.postMessage({ number, call, parameters });
    }) as Promise<Result<K>>;
  }

  /** Check and open an election, now and in every worker that comes after. */
  async open(log: LogFiles, files: ElectionFiles): Promise<Paper> {
    this.opened = null;
    const paper = await this.ask("open", log, files);
    this.opened = [log, files];
    return paper;
  }

  /** End the worker that held a card, and with it all its memory; begin a new one. */
  forget(): void {
    this.worker.postMessage({ number: 0, call: "forget", parameters: [] });
    const old = this.worker;
    // The message is taken before the worker ends; whatever still computes ends with it.
    setTimeout(() => old.terminate(), 500);
    this.drop();
    this.worker = this.start();
    if (this.opened !== null) {
      this.ask("open", ...this.opened).catch(() => undefined);
    }
  }
}
