import { CosErrorResponse } from "../errors.ts";
import type { DeleteMarker, Extent, ObjectRecord, Version } from "./records.ts";

/** All versions of one key, the newest first. Without versioning there is one, or none. */
export type History = readonly Version[];

/** What a record file holds: a single version as it is, as before there was versioning, or a list of them. */
export type StoredHistory = Version | { readonly key: string; readonly versions: History };

/** The version id of objects that were written while versioning was not enabled. */
export const NULL_VERSION = "null";

export function readHistory(stored: StoredHistory): History {
  return "versions" in stored ? stored.versions : [stored];
}

/** The content of the record file. The history must not be empty. */
export function storedHistory(key: string, history: History): StoredHistory {
  const [only] = history;
  return history.length === 1 && only ? only : { key, versions: history };
}

export function isMarker(version: Version): version is DeleteMarker {
  return "deleteMarker" in version;
}

/** The object that a request without a version id addresses. */
export function currentObject(history: History): ObjectRecord | undefined {
  const [latest] = history;
  return latest && !isMarker(latest) ? latest : undefined;
}

/** The id by which requests and listings name a version. */
export function idOf(version: Version): string {
  return version.versionId ?? NULL_VERSION;
}

export function findVersion(history: History, versionId: string): Version | undefined {
  return history.find((version) => idOf(version) === versionId);
}

/** The history with a new latest version. There is one null version at most, so a new one replaces the old one. */
export function withLatest(history: History, version: Version): History {
  return [version, ...history.filter((other) => idOf(other) !== idOf(version))];
}

/** Throws if a new null version, which an appendable object always is, would replace another object that is kept. */
export function keepNullVersion(history: History): void {
  const replaced = findVersion(history, NULL_VERSION);
  if (!replaced || isMarker(replaced) || replaced === currentObject(history)) return;
  throw new CosErrorResponse(
    "ObjectNotAppendable",
    "The null version of the object is not the latest, and an append would replace it.",
  );
}

/** The files, and where in them, that have the bytes of all versions. */
export function extentsOf(history: History): Extent[] {
  return history.flatMap((version) => (isMarker(version) ? [] : version.extents));
}
