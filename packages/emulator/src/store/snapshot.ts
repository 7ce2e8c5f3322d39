import { PRIVATE } from "../request/acl.ts";
import type { DataFiles } from "./data-files.ts";
import { type History, isMarker } from "./history.ts";
import type { BucketRecord, Extent, PartRecord, UploadRecord } from "./records.ts";

/** Everything that one bucket held at a moment. The records do not change; the bytes stay until it is released. */
export interface BucketContents {
  readonly record: BucketRecord;
  readonly objects: readonly (readonly [key: string, History])[];
  readonly uploads: readonly { readonly record: UploadRecord; readonly parts: readonly PartRecord[] }[];
}

export type Contents = readonly BucketContents[];

/** Buckets without objects. */
export function emptyBuckets(names: readonly string[], created: number): Contents {
  return names.map((name) => ({ record: { name, created, acl: PRIVATE }, objects: [], uploads: [] }));
}

/** The files that contents need, once for each record. */
export function filesOf(contents: Contents): Extent[] {
  return contents.flatMap(({ objects, uploads }) => [
    ...objects.flatMap(([, history]) =>
      history.flatMap((version) => (isMarker(version) ? [] : version.extents)),
    ),
    ...uploads.flatMap(({ parts }) => parts.map(({ extent }) => extent)),
  ]);
}

/** A state of an emulator to which `restore()` returns. */
export class Snapshot {
  readonly #contents: Contents;
  readonly #files: DataFiles;
  #released = false;

  /** @param files of the store that the contents are from */
  constructor(contents: Contents, files: DataFiles) {
    this.#contents = contents;
    this.#files = files;
    files.retain(filesOf(contents));
  }

  /** @throws {Error} it is of another emulator, or released */
  contentsFor(files: DataFiles): Contents {
    if (files !== this.#files) throw new Error("the snapshot is of another emulator, or of an earlier start");
    if (this.#released) throw new Error("the snapshot is released");
    return this.#contents;
  }

  /** Gives back the bytes that only this snapshot still needs. */
  async release(): Promise<void> {
    if (this.#released) return;
    this.#released = true;
    await this.#files.release(filesOf(this.#contents));
  }
}
