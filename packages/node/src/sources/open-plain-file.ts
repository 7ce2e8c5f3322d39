import type { BigIntStats } from "node:fs";
import { lstat, realpath } from "node:fs/promises";
import { resolve } from "node:path";
import type { SourceError } from "@cosup/core";
import { behindLink, notRegular, withDescriptor } from "@cosup/core/files";
import { type ByteSource, errorCode, openNodeStream } from "@cosup/core/runtime";
import { type Descriptor, openEntry } from "./open-file.ts";
import { explained, isReallyEmpty, pathOf } from "./open-path.ts";
import { fileSource, fileState } from "./shared-file.ts";
import { type SyncReadPolicy, syncReads } from "./sync-read-policy.ts";

/** How often a path is examined where the kernel does not tell the path of an open file. */
const LOOKS = 3;

/**
 * Opens a regular file that no link leads to; anything else at the path is refused. A walk found a regular file there. A
 * program that puts a link, a FIFO or a device in its place, or a link in place of a folder above, must not choose what is
 * uploaded. A folder upload has few files under way, so each is opened at once. On Linux, the kernel tells the path of the
 * open file, so a link that appears and disappears has no effect. Elsewhere, the path is examined several times, which
 * leaves a small chance.
 */
export async function openPlainFile(
  given: string | URL,
  policy: SyncReadPolicy = syncReads,
): Promise<ByteSource> {
  const name = pathOf(given);
  const path = resolve(name);
  const chosen = policy.next(path) ? policy : undefined;
  try {
    const { file, stats } = await withDescriptor(() => openPlain(name, path, chosen));
    const isStream = stats.size === 0n && !(await isEmptyOrClosed(file));
    // The file that was checked. Its path may lead to another one by now.
    if (isStream) return openNodeStream(file.stream(), "LocalFilePath");
    const open = async (): Promise<Descriptor> => (await openPlain(name, path, undefined)).file;
    return fileSource({ name, state: fileState(stats), path, open, file });
  } catch (error) {
    throw explained(name, error);
  }
}

/** {@link isReallyEmpty} of a file that nobody closes if it cannot be read. */
async function isEmptyOrClosed(file: Descriptor): Promise<boolean> {
  try {
    return await isReallyEmpty(file);
  } catch (error) {
    file.close();
    throw error;
  }
}

/** A file, and what it was when it was opened. */
interface PlainFile {
  readonly file: Descriptor;
  readonly stats: BigIntStats;
}

/** Opens the file at the path, without following links. The caller waits for a free descriptor. */
async function openPlain(name: string, path: string, policy: SyncReadPolicy | undefined): Promise<PlainFile> {
  let file: Descriptor | undefined;
  try {
    const opening = openEntry(path, policy);
    file = opening instanceof Promise ? await opening : opening;
    const stats = file.stat();
    const looks = requirePlain(name, path, file, stats);
    if (looks !== undefined) await looks;
    return { file, stats };
  } catch (error) {
    file?.close();
    throw file === undefined ? await whyNotOpened(name, path, error) : error;
  }
}

async function whyNotOpened(name: string, path: string, error: unknown): Promise<unknown> {
  const code = errorCode(error);
  // The path is a link, or a socket, which cannot be opened.
  return code === "ELOOP" || code === "EMLINK" || code === "ENXIO" ? whyNotPlain(name, path) : error;
}

async function whyNotPlain(name: string, path: string): Promise<SourceError> {
  const real = await realpath(path);
  return real === path ? notRegular(name) : behindLink(name, real);
}

/** Checks that the open file is at the path, and that no link leads there: at once where the kernel tells its path. */
function requirePlain(
  name: string,
  path: string,
  file: Descriptor,
  opened: BigIntStats,
): Promise<void> | undefined {
  const real = file.path();
  if (real === undefined) return lookRepeatedly(name, path, opened);
  if (real !== path) throw behindLink(name, real);
  if (!opened.isFile()) throw notRegular(name);
  return undefined;
}

async function lookRepeatedly(name: string, path: string, opened: BigIntStats): Promise<void> {
  for (let look = 0; look < LOOKS; look += 1) {
    const real = await realpath(path);
    if (real !== path) throw behindLink(name, real);
    const { ino, dev } = await lstat(path, { bigint: true });
    if (ino !== opened.ino || dev !== opened.dev) throw notRegular(name);
  }
  if (!opened.isFile()) throw notRegular(name);
}
