import { readdir, readFile, rename, rm, rmdir, stat, utimes, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout } from "node:timers/promises";
import { DataForeignError } from "./data-errors.ts";
import { TEMPORARY } from "./json-file.ts";
import { describeSelf, type LockOwner, ownerRuns, parseOwner } from "./lock-owner.ts";
import { makeDirectories } from "./make-directories.ts";

/** Another process, or another emulator of this process, uses the data directory. */
export class DataInUseError extends Error {
  override readonly name = "DataInUseError";
  readonly code = "ERR_DATA_IN_USE";
  /** Absolute path of the data directory. */
  readonly directory: string;
  /** Of the process that uses it. */
  readonly pid: number;

  constructor(directory: string, pid: number) {
    super(`${directory} is in use by pid ${pid}`);
    this.directory = directory;
    this.pid = pid;
  }
}

export interface DirectoryLock {
  release(): Promise<void>;
}

const LOCK = "lock";
const TOKEN = /^[0-9a-f]{16}$/;
/** The owner touches its file this often, for those that cannot see its process. */
const HEARTBEAT_MS = 2_000;
/** Without a heartbeat for this long, such an owner has ended. */
const SILENCE_MS = 10_000;
/** A round is lost when another process takes or releases the lock at that moment. */
const ROUNDS = 20;

/**
 * Takes the lock of a data directory, or that of a process that has ended.
 *
 * The lock is a directory with one file, whose name is new for each owner. It gets its name by one rename, which
 * succeeds only where there is no directory or an empty one. To take over, a process deletes the file of the ended owner by
 * name and then renames its own: of several processes that do so, one succeeds, and none can delete the file of another.
 *
 * @throws {DataInUseError}
 * @throws {DataForeignError} if what has the name of the lock is not one
 */
export async function lockDirectory(data: string, silenceMs = SILENCE_MS): Promise<DirectoryLock> {
  const directory = resolve(data);
  const lock = join(directory, LOCK);
  const self = describeSelf();
  let failure: unknown;
  await makeDirectories(directory).catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === "EEXIST" ? "it is not a directory" : error.message;
    throw new Error(`cannot use ${directory} as the data directory: ${reason}`, { cause: error });
  });
  for (let round = 0; round < ROUNDS; round++) {
    failure = await place(lock, self);
    if (failure === undefined) return hold(directory, join(lock, self.token));
    const present = await readOwner(lock);
    if (present === undefined) continue;
    if (present.owner !== undefined && (await isInUse(present.owner, present.path, silenceMs))) {
      throw new DataInUseError(directory, present.owner.pid);
    }
    await rm(present.path, { force: true });
  }
  const reason = failure instanceof Error ? failure.message : String(failure);
  throw new Error(`cannot lock ${directory}: ${reason}`, { cause: failure });
}

/** Places the lock with its file inside. Returns why it could not be placed. */
async function place(lock: string, self: LockOwner): Promise<unknown> {
  const draft = `${lock}.${self.token}${TEMPORARY}`;
  try {
    await makeDirectories(draft);
    await writeFile(join(draft, self.token), JSON.stringify(self));
    // Windows renames onto no directory, not even onto an empty one.
    await rmdir(lock).catch(() => {});
    await rename(draft, lock);
    // Fails if the owner before us took the draft for that of a killed process, and then released the lock.
    await stat(join(lock, self.token));
    return undefined;
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    return error;
  }
}

/** The file in the lock. Undefined: there is none, because the lock was released. */
async function readOwner(
  lock: string,
): Promise<{ readonly path: string; readonly owner: LockOwner | undefined } | undefined> {
  try {
    const names = await readdir(lock);
    if (names.length === 0) return undefined;
    const name = names.find((other) => TOKEN.test(other));
    if (name === undefined) throw new DataForeignError(lock);
    const path = join(lock, name);
    return { path, owner: parseOwner(await readFile(path, "utf8")) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

async function isInUse(owner: LockOwner, path: string, silenceMs: number): Promise<boolean> {
  const runs = ownerRuns(owner);
  if (runs !== undefined) return runs;
  const seen = await modified(path);
  for (let waited = 0; waited < silenceMs; waited += HEARTBEAT_MS / 4) {
    await setTimeout(HEARTBEAT_MS / 4);
    const now = await modified(path);
    if (now === undefined) return false;
    if (now !== seen) return true;
  }
  return false;
}

async function modified(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ mtimeMs }) => mtimeMs,
    () => undefined,
  );
}

async function hold(directory: string, path: string): Promise<DirectoryLock> {
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, HEARTBEAT_MS).unref();
  await removeDrafts(directory);
  return {
    async release() {
      clearInterval(heartbeat);
      await rm(path, { force: true });
      // Another process may be in it already.
      await rmdir(join(directory, LOCK)).catch(() => {});
    },
  };
}

/** Deletes the drafts of killed processes. One that still runs makes another draft, and then sees our lock. */
async function removeDrafts(directory: string): Promise<void> {
  for (const name of await readdir(directory)) {
    if (isDraft(name)) {
      await rm(join(directory, name), { recursive: true, force: true });
    }
  }
}

function isDraft(name: string): boolean {
  const token = name.slice(LOCK.length + 1, -TEMPORARY.length);
  return TOKEN.test(token) && name === `${LOCK}.${token}${TEMPORARY}`;
}
