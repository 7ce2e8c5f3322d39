import { realpath, unlink } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { type NodeCosClient, SourceError } from "@cosup/node";
import type { Location } from "../location.ts";
import { isSameStamp } from "../sync/ledger-entry.ts";
import { findSameObject } from "../sync/same-object.ts";
import { stampOf } from "../sync/sides.ts";

/** A source whose copy is done, and where the copy is: a path or an object each. */
export interface Moved {
  readonly from: string | Location;
  readonly to: string | Location;
}

/** The clients of both sides: they differ in their region when a copy inside COS crosses regions. */
export interface MoveClients {
  readonly source: NodeCosClient;
  readonly target: NodeCosClient;
}

/**
 * Deletes a source, if its target holds the same bytes now: HEAD and CRC64 are compared once more, so that neither an object
 * that could not be verified nor a source that has changed since is lost.
 * @throws {SourceError} it is not the same; the source stays
 */
export async function removeSource(
  { source, target }: MoveClients,
  { from, to }: Moved,
  signal: AbortSignal,
): Promise<void> {
  if (typeof from === "string") {
    if (typeof to !== "string") await removeFile(target, from, to, signal);
    return;
  }
  const isSame =
    typeof to === "string"
      ? (await sameAsFile(source, await realFile(to), from, signal)) !== undefined
      : await areSameObjects({ source, target }, from, to, signal);
  if (!isSame) throw unverified(`cos://${from.bucket}/${from.key}`);
  await source.deleteObject({ Bucket: from.bucket, Key: from.key, signal });
}

async function removeFile(
  client: NodeCosClient,
  from: string,
  to: Location,
  signal: AbortSignal,
): Promise<void> {
  const path = await realFile(from);
  const stamp = stampOf(path);
  if (stamp === undefined) throw new SourceError(`${from} is no regular file: it stays`, "source-changed");
  if ((await sameAsFile(client, path, to, signal)) === undefined) throw unverified(from);
  const now = stampOf(path);
  if (now === undefined || !isSameStamp(now, stamp)) throw unverified(from);
  await unlink(path);
}

/** Links above the file are resolved; the file itself must be none. */
async function realFile(path: string): Promise<string> {
  return join(await realpath(dirname(path)), basename(path));
}

function sameAsFile(client: NodeCosClient, path: string, object: Location, signal: AbortSignal) {
  const place = { Bucket: object.bucket, Key: object.key };
  return findSameObject(client, place, { LocalFilePath: path, refuseSymlinks: true }, signal);
}

async function areSameObjects(
  { source, target }: MoveClients,
  from: Location,
  to: Location,
  signal: AbortSignal,
): Promise<boolean> {
  // One object is equal to itself, and its only one.
  if (from.bucket === to.bucket && from.key === to.key) return false;
  const one = await source.headObject({ Bucket: from.bucket, Key: from.key, signal });
  const other = await target.headObject({ Bucket: to.bucket, Key: to.key, signal });
  return one.crc64 !== undefined && one.crc64 === other.crc64 && one.ContentLength === other.ContentLength;
}

function unverified(source: string): SourceError {
  return new SourceError(
    `${source} stays, because its target does not hold the same bytes`,
    "source-changed",
  );
}
