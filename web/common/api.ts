/** Calls of this host: bytes and JSON, with time limits, and refusals told from a lost network. */

/** The server answered that it won't: `rule` is its code, `message` its words for people. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly rule: string,
    message: string,
  ) {
    super(message);
    this.name = "Refusal";
  }
}

/** No answer that can be used: no network, no time, a busy server, or somebody else's page. */
export class Unreachable extends Error {
  constructor() {
    super("the server gave no usable answer");
    this.name = "Unreachable";
  }
}

const TIME_LIMIT = 15_000;
/** Answers that speak of the request itself; every other failure may be gone the next time. */
const DEFINITE = new Set([400, 401, 403, 404, 409, 410, 413, 415, 422]);

/** What stands in the body of a refusal. */
interface RefusalBody {
  readonly rule: string;
  readonly message: string;
}

/**
 * Ask this host, without cookies unless they are wished for, and read the answer in time.
 *
 * Throws `Refusal` or `Unreachable`; whatever goes wrong in reading is the latter.
 */
export async function call<T>(
  address: string,
  read: (answer: Response) => Promise<T>,
  request: RequestInit = {},
): Promise<T> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIME_LIMIT);
  try {
    const answer = await fetch(address, {
      credentials: "omit",
      redirect: "error",
      signal: stop.signal,
      ...request,
    });
    if (answer.ok || answer.status === 304) {
      return await read(answer);
    }
    throw await failureOf(answer);
  } catch (error) {
    throw error instanceof Refusal ? error : new Unreachable();
  } finally {
    clearTimeout(timer);
  }
}

/** A refusal is one only in our own form: a proxy's error page says nothing about the request. */
async function failureOf(answer: Response): Promise<Refusal | Unreachable> {
  const body: unknown = DEFINITE.has(answer.status) ? await answer.json().catch(() => null) : null;
  return isRefusal(body) ? new Refusal(answer.status, body.rule, body.message) : new Unreachable();
}

function isRefusal(body: unknown): body is RefusalBody {
  const { rule, message } = (body ?? {}) as Partial<RefusalBody>;
  return typeof rule === "string" && typeof message === "string";
}

/** Fetch JSON; the caller checks what it says. Throws as `call`. */
export function getJson(address: string): Promise<unknown> {
  return call(address, (answer) => answer.json());
}

/** Fetch bytes. Throws as `call`. */
export function getBytes(address: string): Promise<Uint8Array> {
  return call(address, async (answer) => new Uint8Array(await answer.arrayBuffer()));
}

/** Fetch text. Throws as `call`. */
export function getText(address: string): Promise<string> {
  return call(address, (answer) => answer.text());
}

/** Send JSON, as it stands in its bytes or as a value; give the answer's JSON. Throws as `call`. */
export function postJson(
  address: string,
  content: unknown,
  request: RequestInit = {},
): Promise<unknown> {
  const body = content instanceof Uint8Array ? (content as BodyInit) : JSON.stringify(content);
  const headers = { "Content-Type": "application/json", ...request.headers };
  return call(address, (answer) => answer.json(), { ...request, method: "POST", body, headers });
}

/** Asks for one JSON again and again, and tells when it has changed. */
export class Poll {
  private tag: string | null = null;

  constructor(private readonly address: string) {}

  /** Give the JSON, `null` where it is still the last. Throws as `call`. */
  ask(): Promise<unknown> {
    const headers: HeadersInit = this.tag === null ? {} : { "If-None-Match": this.tag };
    const read = async (answer: Response): Promise<unknown> => {
      const value: unknown = answer.status === 304 ? null : await answer.json();
      this.tag = answer.status === 304 ? this.tag : answer.headers.get("ETag");
      return value;
    };
    return call(this.address, read, { headers, cache: "no-store" });
  }
}
