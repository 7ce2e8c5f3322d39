import { compareKeys } from "./key-order.ts";
import type { FileStamp, LedgerEntry } from "./ledger-entry.ts";

/** A file of the folder. */
export interface LocalFile extends FileStamp {
  /** Below the folder, with "/" between names. */
  readonly path: string;
  /** As it is opened, without links. */
  readonly file: string;
  /** Of its object. */
  readonly key: string;
}

/** An object below the prefix, as a list shows it. */
export interface ListedObject {
  /** Its key without the prefix. */
  readonly path: string;
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** ISO 8601. */
  readonly lastModified: string;
}

/** What is at one path: here, in COS, and in the ledger. */
export interface Pair {
  readonly path: string;
  readonly local: LocalFile | undefined;
  readonly remote: ListedObject | undefined;
  readonly known: LedgerEntry | undefined;
}

/** A sequence in the order of its paths, of which the next one can be looked at. */
export class Cursor<T extends { readonly path: string }> {
  readonly #items: AsyncIterator<T>;
  /** The next item; undefined at the end. */
  current: T | undefined;

  private constructor(items: AsyncIterator<T>) {
    this.#items = items;
  }

  static async open<T extends { readonly path: string }>(items: AsyncIterable<T>): Promise<Cursor<T>> {
    const cursor = new Cursor(items[Symbol.asyncIterator]());
    await cursor.advance();
    return cursor;
  }

  /** Goes to the next item. */
  async advance(): Promise<void> {
    const next = await this.#items.next();
    this.current = next.done === true ? undefined : next.value;
  }

  /** Yields what has not been taken yet. */
  async *rest(): AsyncGenerator<T, void, undefined> {
    for (; this.current !== undefined; await this.advance()) yield this.current;
  }

  async close(): Promise<void> {
    await this.#items.return?.();
  }
}

/** The three sequences that a sync compares. */
export interface Sides {
  readonly local: Cursor<LocalFile>;
  readonly remote: Cursor<ListedObject>;
  readonly known: Cursor<LedgerEntry>;
}

/** Merges three sequences by their paths. Holds one item of each. */
export async function* mergePairs({ local, remote, known }: Sides): AsyncGenerator<Pair, void, undefined> {
  for (;;) {
    const path = firstOf(firstOf(local.current?.path, remote.current?.path), known.current?.path);
    if (path === undefined) return;
    const pair: Pair = {
      path,
      local: local.current?.path === path ? local.current : undefined,
      remote: remote.current?.path === path ? remote.current : undefined,
      known: known.current?.path === path ? known.current : undefined,
    };
    if (pair.local !== undefined) await local.advance();
    if (pair.remote !== undefined) await remote.advance();
    if (pair.known !== undefined) await known.advance();
    yield pair;
  }
}

function firstOf(one: string | undefined, other: string | undefined): string | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return compareKeys(one, other) <= 0 ? one : other;
}
