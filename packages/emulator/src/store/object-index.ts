import type { ChangeGate } from "./change-gate.ts";
import type { DataFiles } from "./data-files.ts";
import type { Folding, Listed } from "./folders.ts";
import {
  currentObject,
  extentsOf,
  findVersion,
  type History,
  keepNullVersion,
  withLatest,
} from "./history.ts";
import { type Place, START } from "./key-order.ts";
import { KeyedLock } from "./keyed-lock.ts";
import type { RecordStore, RecordWrites } from "./medium.ts";
import type { DeleteMarker, Extent, ObjectRecord, Version, Versioning } from "./records.ts";
import { newVersionId } from "./version-id.ts";

/** Returns the new record of a key. If it throws, nothing changes. */
export type Change = (present: ObjectRecord | undefined) => ObjectRecord;

/** What else changes together with an object. */
export interface AlsoChanged {
  /** The files that the records referred to which go. */
  readonly went: readonly Extent[];
  readonly changes: (writes: RecordWrites) => void;
}

const NOTHING: AlsoChanged = { went: [], changes: () => {} };
/** Keys that are deleted at once when a bucket is emptied. */
const CLEARED_AT_ONCE = 500;

/**
 * The objects of one bucket: one record per key with all its versions. A key changes by one commit of its record. New data
 * files are complete before that, and old ones are deleted afterwards.
 */
export class ObjectIndex {
  readonly #bucket: string;
  readonly #files: DataFiles;
  readonly #records: RecordStore;
  readonly #versioning: () => Versioning | undefined;
  readonly #locks: KeyedLock;

  constructor(
    bucket: string,
    files: DataFiles,
    records: RecordStore,
    versioning: () => Versioning | undefined,
    gate: ChangeGate,
  ) {
    this.#bucket = bucket;
    this.#locks = new KeyedLock(gate);
    this.#files = files;
    this.#records = records;
    this.#versioning = versioning;
  }

  /** The latest version of a key, unless that is a delete marker. */
  get(key: string): ObjectRecord | undefined {
    return currentObject(this.versions(key));
  }

  versions(key: string): History {
    return this.#records.history(this.#bucket, key);
  }

  /** How many keys have a version. */
  get size(): number {
    return this.#records.count(this.#bucket);
  }

  /** Whether no key has a version. */
  get isEmpty(): boolean {
    return this.#records.isEmpty(this.#bucket);
  }

  /**
   * The keys from a place on, in COS's order, with their versions; the latest may be a delete marker.
   * @param wanted how many the caller will probably take
   */
  from(place: Place = START, wanted = Number.POSITIVE_INFINITY): Iterable<readonly [key: string, History]> {
    return this.#records.histories(this.#bucket, place, wanted);
  }

  /**
   * Folders and keys from a place on, which must be at or after the prefix.
   * @param wanted how many the caller will probably take
   */
  folders(place: Place, folding: Folding, wanted: number): Iterable<Listed> {
    return this.#records.folders(this.#bucket, place, folding, wanted);
  }

  /** Writes a history as it is, in place of what the key has. */
  async put(key: string, history: History): Promise<void> {
    await this.#locks.run(key, () => this.#replace(key, this.versions(key), history));
  }

  /** Deletes every version of every key. Only for a bucket that no request can change any more. */
  async clear(): Promise<void> {
    while (!this.isEmpty) {
      const some: (readonly [string, History])[] = [];
      for (const entry of this.from(START, CLEARED_AT_ONCE)) {
        if (some.push(entry) === CLEARED_AT_ONCE) break;
      }
      const went = some.flatMap(([, history]) => extentsOf(history));
      await this.#files.commit([], went, (writes) => {
        for (const [key] of some) writes.history(this.#bucket, key, [], false);
      });
    }
  }

  /**
   * Writes an object: a new version if versioning is enabled, else the null version, which replaces the one before.
   * Appendable objects take no part in versioning.
   */
  async change(key: string, change: Change, also?: AlsoChanged): Promise<ObjectRecord> {
    return this.#locks.run(key, async () => {
      const history = this.versions(key);
      const next = change(currentObject(history));
      const isAppendable = next.type === "appendable";
      if (isAppendable && this.#versioning() === "Enabled") keepNullVersion(history);
      const record = withId(next, isAppendable ? undefined : this.#newId(history, next.lastModified));
      await this.#replace(key, history, withLatest(history, record), also);
      return record;
    });
  }

  /** Changes a version in place. `versionId` undefined: the latest. If `change` throws, nothing changes. */
  async amend(
    key: string,
    versionId: string | undefined,
    change: (present: Version | undefined) => ObjectRecord,
  ): Promise<void> {
    await this.#locks.run(key, async () => {
      const history = this.versions(key);
      const present = versionId === undefined ? history[0] : findVersion(history, versionId);
      const next = change(present);
      const amended = history.map((version) => (version === present ? next : version));
      await this.#replace(key, history, amended);
    });
  }

  /**
   * Deletes an object. With versioning that only adds a delete marker, which is returned. Does nothing unless `only`
   * agrees.
   */
  async remove(
    key: string,
    now: number,
    only: (present: ObjectRecord | undefined) => boolean = () => true,
  ): Promise<DeleteMarker | undefined> {
    return this.#locks.run(key, async () => {
      const history = this.versions(key);
      if (!only(currentObject(history))) return undefined;
      if (this.#versioning() === undefined) {
        await this.#replace(key, history, []);
        return undefined;
      }
      const versionId = this.#newId(history, now);
      const id = versionId === undefined ? {} : { versionId };
      const marker = { key, ...id, lastModified: now, deleteMarker: true } as const;
      await this.#replace(key, history, withLatest(history, marker));
      return marker;
    });
  }

  /** Deletes one version for good and returns it. Undefined: there is none with this id. */
  async removeVersion(key: string, versionId: string): Promise<Version | undefined> {
    return this.#locks.run(key, async () => {
      const history = this.versions(key);
      const version = findVersion(history, versionId);
      if (version) {
        const others = history.filter((other) => other !== version);
        await this.#replace(key, history, others);
      }
      return version;
    });
  }

  /** Undefined: the null version. */
  #newId(history: History, now: number): string | undefined {
    return this.#versioning() === "Enabled" ? newVersionId(history, now) : undefined;
  }

  /** Commits a history in place of the present one. */
  async #replace(key: string, present: History, next: History, also = NOTHING): Promise<void> {
    if (present.length === 0 && next.length === 0) return;
    const went = [...extentsOf(present), ...also.went];
    await this.#files.commit(extentsOf(next), went, (writes) => {
      writes.history(this.#bucket, key, next, present.length === 0);
      also.changes(writes);
    });
  }
}

/** The record with another version id. Mostly it has the right one, and is not copied. */
function withId(record: ObjectRecord, versionId: string | undefined): ObjectRecord {
  if (record.versionId === versionId) return record;
  const { versionId: _, ...others } = record;
  return versionId === undefined ? others : { ...others, versionId };
}
