/** Sends sealed ballots until a receipt or a definite refusal has come, over any lost network. */

import { Refusal } from "../common/api.js";
import { Fault } from "./calls.js";
import type { Kept, Receipt, Tracker } from "./state.js";
import type { Row, Store } from "./store.js";

/** What the outbox needs of the world. */
export interface Surroundings {
  readonly store: Store;
  /** Send a ballot's bytes and give the receipt's text. Throws `Refusal` or `Unreachable`. */
  send(raw: Uint8Array): Promise<string>;
  /** Check the receipt. Throws `Fault`. */
  check(raw: Uint8Array, receipt: string): Promise<Receipt>;
  /** Let so many seconds go by. */
  sleep(seconds: number): Promise<void>;
}

/** What became of one attempt. */
export type News =
  | { readonly what: "receipt"; readonly receipt: Receipt }
  | { readonly what: "refused"; readonly tracker: Tracker; readonly rule: string; raw: Uint8Array }
  | { readonly what: "forged"; readonly tracker: Tracker; readonly rule: string }
  | { readonly what: "unsent"; readonly tracker: Tracker };

/** Only the protocol's own rules speak of the ballot; any other refusal may be gone next time. */
const PROTOCOL_RULE = /^[a-z]+\.[a-z]+$/;
const FIRST_PAUSE = 1;
const LONGEST_PAUSE = 30;

export class Outbox {
  private isRunning = false;
  private isAsked = false;
  private rouse: () => void = () => undefined;

  constructor(
    private readonly around: Surroundings,
    private readonly tell: (news: News) => void,
    private readonly show: (kept: readonly Kept[]) => void,
  ) {}

  /** Go on with what an earlier life of the page has left; gives the first that still waits. */
  async begin(): Promise<Tracker | null> {
    const rows = await this.around.store.all();
    await this.list();
    const [first] = rows.filter((row) => row.raw !== null);
    this.wake();
    return first === undefined ? null : trackerOf(first);
  }

  /** Keep a sealed ballot, then send it. Durable first: a reload from here on loses nothing. */
  async put({ id, short }: Tracker, raw: Uint8Array): Promise<void> {
    await this.around.store.put({ id, short, raw, rule: null });
    await this.list();
    this.wake();
  }

  /** Drop the notes about refused ballots, which somebody has read. */
  async acknowledge(): Promise<void> {
    for (const row of await this.around.store.all()) {
      if (row.raw === null) {
        await this.around.store.remove(row.id);
      }
    }
    await this.list();
  }

  private async list(): Promise<void> {
    const rows = await this.around.store.all();
    this.show(rows.map((row) => ({ tracker: trackerOf(row), rule: row.rule })));
  }

  /** Try again at once, as when the network is back. */
  wake(): void {
    this.isAsked = true;
    this.rouse();
    if (!this.isRunning) {
      void this.run();
    }
  }

  private async run(): Promise<void> {
    this.isRunning = true;
    let pause = FIRST_PAUSE;
    for (let rows = await this.next(); rows.length > 0; rows = await this.next()) {
      const moves: boolean[] = [];
      for (const row of rows) {
        moves.push(await this.attempt(row));
      }
      if (moves.includes(true)) {
        pause = FIRST_PAUSE;
      } else if (!this.isAsked) {
        await this.nap(pause);
        pause = Math.min(2 * pause, LONGEST_PAUSE);
      }
    }
    this.isRunning = false;
  }

  private nap(seconds: number): Promise<void> {
    return new Promise((resolve) => {
      this.rouse = resolve;
      void this.around.sleep(seconds).then(resolve);
    });
  }

  /** Give what is to be sent; whoever asked while it was looked up has it looked up again. */
  private async next(): Promise<Row[]> {
    for (;;) {
      this.isAsked = false;
      const rows = (await this.around.store.all()).filter((row) => row.raw !== null);
      if (rows.length > 0 || !this.isAsked) {
        return rows;
      }
    }
  }

  /** Try one ballot; tells whether it is done with. */
  private async attempt(row: Row): Promise<boolean> {
    const tracker = trackerOf(row);
    const raw = row.raw ?? new Uint8Array();
    try {
      const receipt = await this.around.check(raw, await this.around.send(raw));
      this.tell({ what: "receipt", receipt });
      await this.around.store.remove(row.id);
    } catch (error) {
      const rule = error instanceof Refusal || error instanceof Fault ? error.rule : "";
      if (error instanceof Fault && rule !== "") {
        this.tell({ what: "forged", tracker, rule });
        return false;
      }
      if (!PROTOCOL_RULE.test(rule)) {
        this.tell({ what: "unsent", tracker });
        return false;
      }
      await this.around.store.put({ ...row, raw: null, rule });
      this.tell({ what: "refused", tracker, rule, raw });
    }
    await this.list();
    return true;
  }
}

function trackerOf({ id, short }: Row): Tracker {
  return { id, short };
}
