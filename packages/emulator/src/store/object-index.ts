import { createHash } from "node:crypto";
import { join } from "node:path";
import type { ChangeGate } from "./change-gate.ts";
import type { DataFiles } from "./data-files.ts";
import {
  currentObject,
  findVersion,
  type History,
  isMarker,
  keepNullVersion,
  storedHistory,
  withLatest,
} from "./history.ts";
import { KeyedLock } from "./keyed-lock.ts";
import type { RecordStore } from "./medium.ts";
import type { DeleteMarker, Extent, ObjectRecord, Version, Versioning } from "./records.ts";
import { newVersionId } from "./version-id.ts";

/** Returns the new record of a key. If it throws, nothing changes. */
export type Change = (present: ObjectRecord | undefined) => ObjectRecord;

/**
 * The objects of one bucket: one record file per key with all its versions, and the same in memory. A key changes by one
 * rename of its record file. New data files are complete before that, and old ones are deleted afterwards.
 */
export class ObjectIndex {
  readonly #directory: string;
  readonly #files: DataFiles;
  readonly #records: RecordStore;
  readonly #versioning: () => Versioning | undefined;
  readonly #histories = new Map<string, History>();
  readonly #locks: KeyedLock;
  #sorted: readonly string[] | undefined;
  #sortedObjects: readonly string[] | undefined;

  constructor(
    directory: string,
    files: DataFiles,
    records: RecordStore,
    versioning: () => Versioning | undefined,
    gate: ChangeGate,
  ) {
    this.#locks = new KeyedLock(gate);
    this.#directory = directory;
    this.#files = files;
    this.#records = records;
    this.#versioning = versioning;
  }

  /** The latest version of a key, unless that is a delete marker. */
  get(key: string): ObjectRecord | undefined {
    return currentObject(this.versions(key));
  }

  versions(key: string): History {
    return this.#histories.get(key) ?? [];
  }

  /** How many keys have a version. */
  get size(): number {
    return this.#histories.size;
  }

  /** The keys of all objects in COS's order, that of their UTF-8 bytes. */
  keys(): readonly string[] {
    this.#sortedObjects ??= this.allKeys().filter((key) => this.get(key) !== undefined);
    return this.#sortedObjects;
  }

  /** The same, with the keys whose latest version is a delete marker. */
  allKeys(): readonly string[] {
    this.#sorted ??= [...this.#histories.keys()]
      .map((key) => ({ key, bytes: Buffer.from(key) }))
      .sort((a, b) => Buffer.compare(a.bytes, b.bytes))
      .map(({ key }) => key);
    return this.#sorted;
  }

  /** Adds a history that was read from disk, with a reference to each of its files. */
  adopt(key: string, history: History): void {
    for (const version of history) this.#files.retain(extentsOf(version));
    this.#remember(key, history);
  }

  /** All keys with their versions. */
  histories(): readonly (readonly [key: string, History])[] {
    return [...this.#histories];
  }

  /** Writes a history as it is, in place of what the key has. */
  async put(key: string, history: History): Promise<void> {
    await this.#locks.run(key, () => this.#replace(key, history));
  }

  /** Deletes every version of every key. Only for a bucket that no request can change any more. */
  async clear(): Promise<void> {
    for (const key of [...this.#histories.keys()]) await this.#replace(key, []);
  }

  /**
   * Writes an object: a new version if versioning is enabled, else the null version, which replaces the one before.
   * Appendable objects take no part in versioning.
   */
  async change(key: string, change: Change): Promise<ObjectRecord> {
    return this.#locks.run(key, async () => {
      const history = this.versions(key);
      const { versionId: _, ...next } = change(currentObject(history));
      const record =
        next.type === "appendable" ? next : { ...next, ...this.#newId(history, next.lastModified) };
      if (next.type === "appendable" && this.#versioning() === "Enabled") keepNullVersion(history);
      await this.#replace(key, withLatest(history, record));
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
      await this.#replace(
        key,
        history.map((version) => (version === present ? next : version)),
      );
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
        await this.#replace(key, []);
        return undefined;
      }
      const marker = { key, ...this.#newId(history, now), lastModified: now, deleteMarker: true } as const;
      await this.#replace(key, withLatest(history, marker));
      return marker;
    });
  }

  /** Deletes one version for good and returns it. Undefined: there is none with this id. */
  async removeVersion(key: string, versionId: string): Promise<Version | undefined> {
    return this.#locks.run(key, async () => {
      const history = this.versions(key);
      const version = findVersion(history, versionId);
      if (version) {
        await this.#replace(
          key,
          history.filter((other) => other !== version),
        );
      }
      return version;
    });
  }

  #newId(history: History, now: number): { readonly versionId?: string } {
    return this.#versioning() === "Enabled" ? { versionId: newVersionId(history, now) } : {};
  }

  /** Commits a history. Versions that come take references to their files; those of versions that go are released. */
  async #replace(key: string, next: History): Promise<void> {
    const present = this.versions(key);
    const came = extentsOnlyIn(next, present);
    this.#files.retain(came);
    try {
      if (next.length > 0) {
        await this.#records.write(this.#recordPath(key), storedHistory(key, next));
      } else if (present.length > 0) await this.#records.remove(this.#recordPath(key));
    } catch (error) {
      await this.#files.release(came);
      throw error;
    }
    this.#remember(key, next);
    await this.#files.release(extentsOnlyIn(present, next));
  }

  #remember(key: string, history: History): void {
    const before = this.versions(key);
    if (before.length > 0 !== history.length > 0) this.#sorted = undefined;
    const wasThere = currentObject(before) !== undefined;
    if (wasThere !== (currentObject(history) !== undefined)) this.#sortedObjects = undefined;
    if (history.length > 0) this.#histories.set(key, history);
    else this.#histories.delete(key);
  }

  #recordPath(key: string): string {
    return join(this.#directory, `${createHash("sha256").update(key).digest("hex")}.json`);
  }
}

function extentsOf(version: Version): readonly Extent[] {
  return isMarker(version) ? [] : version.extents;
}

function extentsOnlyIn(history: History, other: History): Extent[] {
  const known = new Set(other);
  return history.filter((version) => !known.has(version)).flatMap(extentsOf);
}
