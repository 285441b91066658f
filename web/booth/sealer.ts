/** The page's end of the worker: calls that answer, and a fresh worker for every deputy. */

import { type Calls, Fault, type ElectionFiles, type LogFiles, type Reply, type Request } from "./calls.js";
import type { Paper } from "./state.js";

type Parameters<K extends keyof Calls> = globalThis.Parameters<Calls[K]>;
type Result<K extends keyof Calls> = ReturnType<Calls[K]>;

/** A call that waits for its answer. */
interface Waiting {
  readonly resolve: (value: unknown) => void;
  readonly reject: (fault: Fault) => void;
}

const RESTART = 2000;
/** So long an old worker may take to overwrite its secrets: it may be in the midst of sealing. */
const FORGETTING = 5000;

export class Sealer {
  private worker: Worker | null;
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;
  private opened: readonly [LogFiles, ElectionFiles] | null = null;

  constructor(private readonly address: string) {
    this.worker = this.start();
  }

  private start(): Worker {
    const worker = new Worker(this.address);
    worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => this.take(data));
    worker.addEventListener("error", () => {
      if (worker === this.worker) {
        this.fail();
      }
    });
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

  /** A worker whose script could not be loaded is tried again; nobody waits for its answers. */
  private fail(): void {
    this.worker?.terminate();
    this.worker = null;
    this.drop();
    setTimeout(() => this.restart(), RESTART);
  }

  private drop(): void {
    this.waiting.forEach(({ reject }) => reject(new Fault("")));
    this.waiting.clear();
  }

  private restart(): void {
    this.worker = this.start();
    if (this.opened !== null) {
      this.ask("open", ...this.opened).catch(() => undefined);
    }
  }

  /** Ask the worker. Throws `Fault` with the rule that was broken, `""` where there is no worker. */
  ask<K extends keyof Calls>(call: K, ...parameters: Parameters<K>): Promise<Result<K>> {
    this.last += 1;
    const number = this.last;
    return new Promise<unknown>((resolve, reject) => {
      if (this.worker === null) {
        reject(new Fault(""));
        return;
      }
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
    if (this.worker !== null) {
      end(this.worker);
    }
    this.drop();
    this.restart();
  }
}

/** Its memory is freed as it lies there, so a worker ends when it says that it has forgotten. */
function end(worker: Worker): void {
  const last: Request = { number: 0, call: "forget", parameters: [] };
  worker.addEventListener("message", ({ data }: MessageEvent<Reply>) => {
    if (data.number === last.number) {
      worker.terminate();
    }
  });
  worker.postMessage(last);
  setTimeout(() => worker.terminate(), FORGETTING);
}
