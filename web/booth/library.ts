/** A congress's log on this host, as a tablet reads it. */

import { getBytes, getText } from "../common/api.js";
import type { ElectionFiles, LogFiles } from "./calls.js";
import type { Announced } from "./state.js";
import { sessionOf } from "./wire.js";

/** What never changes is fetched once. */
export class Library {
  private readonly whole = new Map<string, Promise<Uint8Array>>();

  /** The prefix ends with a slash. */
  constructor(private readonly prefix: string) {}

  /** Give the log's verifier key; as long as the page lives it is the one that came first. */
  async vkey(): Promise<string> {
    return new TextDecoder().decode(await this.once("log.vkey")).trim();
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
