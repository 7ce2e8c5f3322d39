import { type Folding, foldKeys, type Listed } from "./folders.ts";
import type { History } from "./history.ts";
import type { Place } from "./key-order.ts";
import type { RecordStore, RecordWrites, StoredBucket } from "./medium.ts";

const NONE: History = [];

/** Records in memory. Those of buckets and uploads are with their indexes, and no later start reads them. */
export class MemoryRecords implements RecordStore {
  readonly #buckets = new Map<string, MemoryKeys>();
  readonly #references = new Map<string, number>();
  readonly #writes: RecordWrites = {
    bucket: () => {},
    removeBucket: (name) => {
      this.#buckets.delete(name);
    },
    history: (bucket, key, history) => this.#keysOf(bucket).set(key, history),
    upload: () => {},
    removeUpload: () => {},
    part: () => {},
    removePart: () => {},
    references: (file, change) => {
      const count = (this.#references.get(file) ?? 0) + change;
      if (count > 0) this.#references.set(file, count);
      else this.#references.delete(file);
    },
  };

  buckets(): readonly StoredBucket[] {
    return [];
  }

  history(bucket: string, key: string): History {
    return this.#buckets.get(bucket)?.get(key) ?? NONE;
  }

  count(bucket: string): number {
    return this.#buckets.get(bucket)?.size ?? 0;
  }

  isEmpty(bucket: string): boolean {
    return this.count(bucket) === 0;
  }

  histories(bucket: string, from: Place): Iterable<readonly [string, History]> {
    return this.#buckets.get(bucket)?.from(from) ?? [];
  }

  folders(bucket: string, from: Place, folding: Folding, wanted: number): Iterable<Listed> {
    return foldKeys((place) => this.histories(bucket, place), from, folding, wanted);
  }

  refersTo(file: string): boolean {
    return this.#references.has(file);
  }

  async commit(changes: (writes: RecordWrites) => void): Promise<void> {
    changes(this.#writes);
  }

  close(): void {}

  #keysOf(bucket: string): MemoryKeys {
    const present = this.#buckets.get(bucket);
    if (present) return present;
    const keys = new MemoryKeys();
    this.#buckets.set(bucket, keys);
    return keys;
  }
}

/** The keys of one bucket. They are sorted when a listing needs it, and stay so until a key comes or goes. */
class MemoryKeys {
  readonly #histories = new Map<string, History>();
  #sorted: readonly string[] | undefined;

  get size(): number {
    return this.#histories.size;
  }

  get(key: string): History | undefined {
    return this.#histories.get(key);
  }

  set(key: string, history: History): void {
    if (this.#histories.has(key) !== history.length > 0) this.#sorted = undefined;
    if (history.length > 0) this.#histories.set(key, history);
    else this.#histories.delete(key);
  }

  *from(place: Place): Generator<readonly [string, History]> {
    const sorted = this.#inOrder();
    for (let at = firstFrom(sorted, place); at < sorted.length; at += 1) {
      const key = sorted[at] ?? "";
      const history = this.#histories.get(key);
      // Deleted meanwhile.
      if (history) yield [key, history];
    }
  }

  #inOrder(): readonly string[] {
    this.#sorted ??= [...this.#histories.keys()]
      .map((key) => ({ key, bytes: Buffer.from(key) }))
      .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
      .map(({ key }) => key);
    return this.#sorted;
  }
}

/** The index of the first key that is not before a place. */
function firstFrom(sorted: readonly string[], place: Place): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (Buffer.compare(Buffer.from(sorted[middle] ?? ""), place) < 0) low = middle + 1;
    else high = middle;
  }
  return low;
}
