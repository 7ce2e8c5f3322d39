import { type BigIntStats, lstatSync, realpathSync } from "node:fs";
import { lstat, realpath } from "node:fs/promises";
import { resolve } from "node:path";
import { type ByteSource, SourceError } from "@cosup/core";
import { withDescriptor } from "../descriptors.ts";
import { errorCode } from "../error-code.ts";
import { type CachePace, processPace } from "./cache-pace.ts";
import { FileSource } from "./file-source.ts";
import { fileState } from "./file-state.ts";
import { type Descriptor, openEntry } from "./open-file.ts";
import { givesNothing, nullByte, openSpecial, pathOf } from "./open-path.ts";
import { unreadable } from "./unreadable.ts";

/**
 * Opens a regular file that no link leads to; anything else at the path is refused. A walk found it so: whoever puts a
 * link, a FIFO or a device there afterwards, or a link in place of a folder above, must not choose what is uploaded.
 * A folder upload has few files under way, so each is opened at once and looked at through its descriptor.
 */
export async function openPlainFile(given: string | URL, pace: CachePace = processPace): Promise<ByteSource> {
  const name = pathOf(given);
  const path = resolve(name);
  const onTheSpot = pace.next(path);
  const file = await openAt(name, path, onTheSpot ? pace : undefined);
  let kept = false;
  try {
    const stats = file.stat();
    const found = onTheSpot ? pace.onTheSpot(() => lookAtNow(path)) : await lookAt(path);
    requirePlain(name, path, found, stats);
    if (stats.size === 0n && !(await givesNothing(name, file))) return await openSpecial(name, path, stats);
    kept = true;
    return new FileSource({ name, state: fileState(stats), path, file });
  } catch (error) {
    throw error instanceof SourceError ? error : unreadable(name, error);
  } finally {
    if (!kept) file.close();
  }
}

async function openAt(name: string, path: string, pace: CachePace | undefined): Promise<Descriptor> {
  try {
    return await withDescriptor(() => openEntry(path, pace));
  } catch (error) {
    const code = errorCode(error);
    if (code === "ERR_INVALID_ARG_VALUE") throw nullByte();
    // The last name is a link, or a socket, which cannot be opened: the look at the path says which.
    if (code === "ELOOP" || code === "EMLINK" || code === "ENXIO") {
      const found = await lookAt(path).catch((cause: unknown) => {
        throw unreadable(name, cause);
      });
      requirePlain(name, path, found, found.stats);
    }
    throw unreadable(name, error);
  }
}

interface Found {
  /** The path without links. */
  readonly real: string;
  readonly stats: BigIntStats;
}

async function lookAt(path: string): Promise<Found> {
  return { real: await realpath(path), stats: await lstat(path, { bigint: true }) };
}

function lookAtNow(path: string): Found {
  return { real: realpathSync.native(path), stats: lstatSync(path, { bigint: true }) };
}

/** What was opened must be what the path names by itself. */
function requirePlain(name: string, path: string, { real, stats }: Found, opened: BigIntStats): void {
  if (real !== path) {
    throw new SourceError(`${name} is ${real}, behind a symbolic link`, "source-unreadable");
  }
  if (!opened.isFile() || opened.ino !== stats.ino || opened.dev !== stats.dev) {
    throw new SourceError(`${name} is no regular file`, "source-unreadable");
  }
}
