/** Runs the machine: does what its steps ask for, and tells it what came of that. */

import { Poll, Refusal, getJson, postJson } from "../common/api.js";
import { type Calls, Fault } from "./calls.js";
import { type Answers, selectionsOf } from "./answers.js";
import { Library, pinOf } from "./library.js";
import { begin, effectsOf, reduce } from "./machine.js";
import { type News, Outbox } from "./outbox.js";
import { Sealer } from "./sealer.js";
import type { Announced, Effect, Event, Paper, Reading, State, Tracker } from "./state.js";
import { currentOf } from "./steps.js";
import { openStore } from "./store.js";
import {
  type CardWord,
  cardWordOf,
  contentsOf,
  credentialOf,
  electionOf,
  hallOf,
  indexOf,
  receiptTextOf,
} from "./wire.js";

/** Where the tablet finds its server. */
export interface Addresses {
  /** The congress's part of the interface, without a slash at the end. */
  readonly api: string;
  /** The log's prefix, with a slash at the end. */
  readonly log: string;
  /** Where the contents of an election's projects are, but for the election's id. */
  readonly contents: string;
  /** The worker's script. */
  readonly worker: string;
}

const POLL_SECONDS = 2;

export class Tablet {
  private current: State;
  private readonly sealer: Sealer;
  private readonly library: Library;
  private readonly poll: Poll;
  private outbox: Outbox | null = null;
  private opening: Promise<void> = Promise.resolve();
  private isOpening = false;
  private sealed: Uint8Array | null = null;

  constructor(
    private readonly at: Addresses,
    private readonly slug: string,
    usual: Reading,
    private readonly show: (state: State, before: State) => void,
  ) {
    this.current = begin(usual);
    this.sealer = new Sealer(at.worker);
    this.library = new Library(at.log, pinOf(slug));
    this.poll = new Poll(`${at.api}/state`);
  }

  /** Begin: show the page, take up what an earlier life has left, follow the server. */
  async start(): Promise<void> {
    this.show(this.current, this.current);
    setInterval(() => this.dispatch({ do: "tick" }), 1000);
    this.outbox = new Outbox(
      {
        store: await openStore(this.slug),
        send: async (raw) => receiptTextOf(await postJson(`${this.at.api}/ballots`, raw)),
        check: async (raw, text) => this.ask("receipt", await this.library.vkey(), raw, text),
        sleep: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)),
      },
      (news) => this.hear(news),
      (kept) => this.dispatch({ do: "kept", kept }),
    );
    const first = await this.outbox.begin();
    if (first !== null) {
      this.dispatch({ do: "resume", tracker: first });
    }
    await this.follow();
  }

  get state(): State {
    return this.current;
  }

  /** Take an event, show what follows and do what it asks for. */
  dispatch(event: Event): void {
    const before = this.current;
    this.current = reduce(before, event);
    if (this.current === before) {
      return;
    }
    this.show(this.current, before);
    effectsOf(before, this.current).forEach((effect) => this.run(effect));
  }

  /** Show the state again, as when a field has to fall back to it. */
  redraw(): void {
    this.show(this.current, this.current);
  }

  /** Ask the worker what the page itself wants to know. */
  ask<K extends keyof Calls>(
    call: K,
    ...parameters: Parameters<Calls[K]>
  ): Promise<ReturnType<Calls[K]>> {
    return this.sealer.ask(call, ...parameters);
  }

  /** Send at once what waits, as when the network is back. */
  wake(): void {
    this.outbox?.wake();
  }

  /** Drop the notes about ballots that were refused. */
  acknowledge(): void {
    void this.outbox?.acknowledge();
  }

  private async follow(): Promise<void> {
    for (;;) {
      try {
        const word = await this.poll.ask();
        if (!this.current.isLinked) {
          this.wake();
        }
        this.dispatch(
          word === null ? { do: "linked", isLinked: true } : { do: "hall", hall: hallOf(word) },
        );
        this.reopen();
      } catch {
        this.dispatch({ do: "linked", isLinked: false });
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_SECONDS * 1000));
    }
  }

  /** An election that could not be opened, for want of network or for a fault, is tried again. */
  private reopen(): void {
    const { hall, paper, step } = this.current;
    const election = currentOf(hall);
    const isMarking = "answers" in step;
    if (election !== null && paper?.election !== election.id && !isMarking) {
      this.open(election);
    }
  }

  private run(effect: Effect): void {
    switch (effect.run) {
      case "check":
        void this.guarded(() => this.check(effect.code));
        break;
      case "seal":
        void this.guarded(() => this.seal(effect.paper, effect.answers));
        break;
      case "cast":
        void this.guarded(() => this.cast(effect.tracker));
        break;
      case "publish":
        void this.publish();
        break;
      case "forget":
        this.sealed?.fill(0);
        this.sealed = null;
        this.sealer.forget();
        break;
    }
  }

  /** A fault in what a step asked for ends the step with the rule that was broken. */
  private async guarded(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.dispatch({ do: "broken", rule: error instanceof Fault ? error.rule : "" });
    }
  }

  private open(election: Announced): void {
    if (!this.isOpening) {
      this.isOpening = true;
      this.opening = this.fetchPaper(election).then(() => {
        this.isOpening = false;
      });
    }
  }

  private async fetchPaper(election: Announced): Promise<void> {
    try {
      const [log, files] = await Promise.all([
        this.library.log((checkpoint) => this.ask("bundlePaths", checkpoint)),
        this.library.election(election),
      ]);
      const paper = await this.sealer.open(log, files);
      this.library.keep(paper.vkey);
      this.dispatch({ do: "opened", paper });
      void this.fetchContents(paper.election);
    } catch (error) {
      const rule = error instanceof Fault && error.rule !== "" ? error.rule : null;
      this.dispatch({ do: "unopened", rule });
    }
  }

  private async fetchContents(election: string): Promise<void> {
    try {
      const contents = contentsOf(await getJson(this.at.contents + election));
      this.dispatch({ do: "contents", contents });
    } catch {
      // Titles are on the paper itself; their contents are only a help in reading.
      this.dispatch({ do: "contents", contents: {} });
    }
  }

  private async check(code: string): Promise<void> {
    this.reopen();
    await this.opening;
    let card;
    try {
      card = await this.ask("card", code);
    } catch (error) {
      if (error instanceof Fault && error.rule === "card.code") {
        this.dispatch({ do: "mistyped" });
        return;
      }
      throw error;
    }
    const { hall, paper } = this.current;
    if (paper === null || paper.election !== currentOf(hall)?.id) {
      // Without its paper the tablet knows no roll either; what keeps it from voting is told.
      this.dispatch({ do: "standing", standing: "unknown" });
    } else if (card.isListed) {
      await this.checkStanding(card.credential);
    } else {
      this.dispatch({ do: "standing", standing: "unlisted" });
    }
  }

  /** Without network the card is taken as good: the ballot box decides when the ballot arrives. */
  private async checkStanding(credential: string): Promise<void> {
    const election = this.current.paper?.election ?? "";
    try {
      const { standing, ballot } = await this.fetchCardWord(election, credential);
      if (ballot === null) {
        this.dispatch({ do: "standing", standing });
      } else {
        await this.showEarlier(ballot, credential);
      }
    } catch (error) {
      if (error instanceof Fault) {
        throw error;
      }
      this.dispatch({ do: "standing", standing: "unknown" });
    }
  }

  private async fetchCardWord(election: string, credential: string): Promise<CardWord> {
    return cardWordOf(await postJson(`${this.at.api}/cards`, { election, credential }));
  }

  /** Show the receipt of the ballot that this card has cast, if it is this card's. */
  private async showEarlier(ballot: string, credential: string): Promise<void> {
    const [vkey, raw, text] = await Promise.all([
      this.library.vkey(),
      this.library.object(ballot),
      this.fetchReceipt(ballot),
    ]);
    const receipt = await this.ask("earlier", vkey, raw, text, credential);
    this.dispatch({ do: "found", receipt });
  }

  private async fetchReceipt(ballot: string): Promise<string> {
    const { short } = await this.ask("tracker", ballot);
    return receiptTextOf(await getJson(`${this.at.api}/receipts/${short.replace(/-/g, "")}`));
  }

  private async seal(paper: Paper, answers: Answers): Promise<void> {
    const { tracker, raw } = await this.ask("seal", selectionsOf(paper.manifest, answers));
    this.sealed = raw;
    this.dispatch({ do: "sealed", tracker });
  }

  private async cast(tracker: Tracker): Promise<void> {
    const { sealed } = this;
    this.sealed = null;
    if (sealed === null || this.outbox === null) {
      throw new Fault("");
    }
    await this.outbox.put(tracker, sealed);
  }

  private async publish(): Promise<void> {
    try {
      const challenge = await this.ask("challenge");
      this.sealed = null;
      const answer = await postJson(`${this.at.api}/challenges`, challenge);
      this.dispatch({ do: "published", index: indexOf(answer) });
    } catch (error) {
      if (error instanceof Refusal) {
        this.dispatch({ do: "broken", rule: error.rule });
      } else {
        this.dispatch({ do: "unpublished" });
      }
    }
  }

  private hear(news: News): void {
    switch (news.what) {
      case "receipt":
        this.dispatch({ do: "linked", isLinked: true });
        this.dispatch({ do: "receipt", receipt: news.receipt });
        break;
      case "unsent":
        this.dispatch({ do: "unsent", tracker: news.tracker });
        break;
      case "forged":
        this.dispatch({ do: "forged", tracker: news.tracker, rule: news.rule });
        break;
      case "refused":
        this.dispatch({ do: "refused", tracker: news.tracker, rule: news.rule });
        if (news.rule === "ballot.second") {
          void this.showOther(news.raw);
        }
        break;
    }
  }

  /** The card's other ballot was first: show its receipt to whoever still stands here. */
  private async showOther(raw: Uint8Array): Promise<void> {
    if (this.current.step.at !== "refused") {
      return;
    }
    try {
      const credential = credentialOf(raw);
      const { ballot } = await this.fetchCardWord(electionOf(raw), credential);
      if (ballot !== null) {
        await this.showEarlier(ballot, credential);
      }
    } catch {
      // The refusal is on the screen, with what to do next.
    }
  }
}
