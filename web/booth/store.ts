/** Sealed ballots on this device until their receipts have come: no choices, no card's secret. */

/** A sealed ballot as stored; once refused, only its tracker and the rule are left of it. */
export interface Row {
  readonly id: string;
  readonly short: string;
  readonly raw: Uint8Array | null;
  readonly rule: string | null;
}

/** Where rows are kept. */
export interface Store {
  all(): Promise<Row[]>;
  put(row: Row): Promise<void>;
  remove(id: string): Promise<void>;
}

const TABLE = "ballots";

/** Rows in the browser's database, which outlives reloads and empty batteries. */
class DatabaseStore implements Store {
  constructor(private readonly database: IDBDatabase) {}

  all(): Promise<Row[]> {
    return this.run("readonly", (table) => table.getAll() as IDBRequest<Row[]>);
  }

  async put(row: Row): Promise<void> {
    await this.run("readwrite", (table) => table.put(row));
  }

  async remove(id: string): Promise<void> {
    await this.run("readwrite", (table) => table.delete(id));
  }

  /** Only a finished transaction is durable; the request's own success comes before that. */
  private run<T>(
    mode: IDBTransactionMode,
    act: (table: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const transaction = this.database.transaction(TABLE, mode, { durability: "strict" });
      const request = act(transaction.objectStore(TABLE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error ?? new Error("the database gave up"));
    });
  }
}

/** The database, and the page's memory for what it can't or won't take. */
class CarefulStore implements Store {
  private readonly memory = new Map<string, Row>();

  constructor(private readonly database: Store | null) {}

  async all(): Promise<Row[]> {
    const rows = (await this.database?.all().catch(() => [])) ?? [];
    return [...rows.filter(({ id }) => !this.memory.has(id)), ...this.memory.values()];
  }

  async put(row: Row): Promise<void> {
    this.memory.set(row.id, row);
    const isStored = await this.database?.put(row).then(
      () => true,
      () => false,
    );
    if (isStored === true) {
      this.memory.delete(row.id);
    }
  }

  async remove(id: string): Promise<void> {
    this.memory.delete(id);
    await this.database?.remove(id).catch(() => undefined);
  }
}

/** Open the store of one congress's tablet. */
export async function openStore(slug: string): Promise<Store> {
  const database = await openDatabase(`booth-${slug}`).catch(() => null);
  return new CarefulStore(database === null ? null : new DatabaseStore(database));
}

function openDatabase(name: string): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(TABLE, { keyPath: "id" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("no database"));
  });
}
