/** A congress's log on this host, as a tablet reads it. */

import { getBytes, getText } from "../common/api.js";
import { type ElectionFiles, Fault, type LogFiles } from "./calls.js";
import type { Announced } from "./state.js";
import { sessionOf } from "./wire.js";

/** The log's key as this tablet has first checked a paper with it; it outlives the page. */
export interface Pin {
  get(): string | null;
  set(vkey: string): void;
}

/** Keep a congress's key where the browser keeps what belongs to this site. */
export function pinOf(slug: string): Pin {
  const place = `log key ${slug}`;
  return {
    get: () => {
      try {
        return localStorage.getItem(place);
      } catch {
        return null;
      }
    },
    set: (vkey) => {
      try {
        localStorage.setItem(place, vkey);
      } catch {
        // A browser that keeps nothing holds to its key as long as the page lives.
      }
    },
  };
}

/** What never changes is fetched once. */
export class Library {
  private readonly whole = new Map<string, Promise<Uint8Array>>();

  /** The prefix ends with a slash. */
  constructor(
    private readonly prefix: string,
    private readonly pin: Pin,
  ) {}

  /**
   * Give the log's verifier key, the one that this tablet has known from its first paper on.
   *
   * Throws a `Fault` with `log.vkey` where the server names another.
   */
  async vkey(): Promise<string> {
    const known = this.pin.get();
    let served: string;
    try {
      served = new TextDecoder().decode(await this.once("log.vkey")).trim();
    } catch (error) {
      if (known === null) {
        throw error;
      }
      return known;
    }
    if (known !== null && served !== known) {
      throw new Fault("log.vkey");
    }
    return served;
  }

  /** Hold to a key, under which a paper has passed all checks, from now on. */
  keep(vkey: string): void {
    this.pin.set(vkey);
  }

  /** Give the bytes of an object; the caller checks its id. */
  object(id: string): Promise<Uint8Array> {
    return this.once(`object/${id}`);
  }

  /** Give key, checkpoint and all entries as they stand now, by the paths a checkpoint asks for. */
  async log(bundlePaths: (checkpoint: string) => Promise<readonly string[]>): Promise<LogFiles> {
    const [vkey, checkpoint] = await Promise.all([
      this.vkey(),
      getText(`${this.prefix}checkpoint`),
    ]);
    const paths = await bundlePaths(checkpoint);
    const bundles = paths.map((path) =>
      path.includes(".p/") ? getBytes(this.prefix + path) : this.once(path),
    );
    return { vkey, checkpoint, bundles: await Promise.all(bundles) };
  }

  /** Give the objects of an announced election. */
  async election({ id, keys, roll }: Announced): Promise<ElectionFiles> {
    const raw = await this.object(id);
    const files = await Promise.all([this.object(keys), this.object(roll)]);
    return {
      election: [id, raw],
      keys: [keys, files[0]],
      roll: [roll, files[1]],
      session: await this.object(sessionOf(raw)),
    };
  }

  private once(path: string): Promise<Uint8Array> {
    const known = this.whole.get(path);
    if (known !== undefined) {
      return known;
    }
    const fetched = getBytes(this.prefix + path);
    this.whole.set(path, fetched);
    fetched.catch(() => this.whole.delete(path));
    return fetched;
  }
}
