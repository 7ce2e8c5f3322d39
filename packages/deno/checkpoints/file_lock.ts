import type { CheckpointLock } from "@cosup/core";
import {
  formatLock,
  LOCK_ABANDONED_MS,
  LOCK_HEARTBEAT_MS,
  type LockContent,
  parseLock,
  replaceAlone,
  UNREADABLE_TOKEN,
} from "@cosup/core/files";
import { fileSystem } from "../file_system.ts";

/** A round is lost when the holder removes its file at that moment. */
const ROUNDS = 5;

/**
 * Takes the lock file `path`; undefined when a running process holds it. Among Deno processes, the system's own lock on the
 * file decides. It ends with its process in every case, so that no process waits for one that has ended. The existence of
 * the file, its content and its time are for `@cosup/node`.
 */
export async function acquireLock(path: string): Promise<CheckpointLock | undefined> {
  for (let round = 0; round < ROUNDS; round++) {
    const outcome = await tryOnce(path);
    if (outcome !== "gone") return outcome;
  }
  return undefined;
}

async function tryOnce(path: string): Promise<CheckpointLock | undefined | "gone"> {
  const opened = await openLockFile(path);
  if (opened === undefined) return "gone";
  const { file, created } = opened;
  let kept = false;
  try {
    // Another process that opened the file that we created finds it empty, and releases it at once.
    if (created) await file.lock(true);
    else if (!(await file.tryLock(true))) return undefined;
    if (!(await isAt(file, path))) return "gone";
    if (!created) return await replace(file, path);
    await write(file, newContent());
    kept = true;
    return heldLock(file, path);
  } finally {
    // Closing the file releases the system's lock.
    if (!kept) file.close();
  }
}

/** A new lock file, or the present one; undefined when it was removed in between. */
async function openLockFile(path: string): Promise<{ file: Deno.FsFile; created: boolean } | undefined> {
  const options = { read: true, write: true } as const;
  try {
    return { file: await Deno.open(path, { ...options, createNew: true, mode: 0o600 }), created: true };
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  try {
    return { file: await Deno.open(path, options), created: false };
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Whether the open file is at the path. A lock on a file that was removed or replaced, or behind a link, locks nothing. */
async function isAt(file: Deno.FsFile, path: string): Promise<boolean> {
  try {
    const [own, there] = [await file.stat(), await Deno.lstat(path)];
    return own.ino === there.ino && own.dev === there.dev;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/**
 * Replaces an abandoned lock by ours, in one step. The abandoned file is never written to, because another user of the
 * directory may have made it a second name of another file.
 */
async function replace(standing: Deno.FsFile, path: string): Promise<CheckpointLock | undefined> {
  const token = await abandonedToken(standing, path);
  if (token === undefined) return undefined;
  return await replaceAlone(acquireLock, path, token, async () => {
    if (!(await isAt(standing, path)) || (await abandonedToken(standing, path)) !== token) return undefined;
    return await placeOver(path);
  });
}

async function placeOver(path: string): Promise<CheckpointLock> {
  const draft = `${path}.${fileSystem.randomToken()}.draft`;
  const file = await Deno.open(draft, { read: true, write: true, createNew: true, mode: 0o600 });
  try {
    await file.lock(true);
    await write(file, newContent());
    await Deno.rename(draft, path);
    return heldLock(file, path);
  } catch (error) {
    file.close();
    await Deno.remove(draft).catch(() => {});
    throw error;
  }
}

/** The token of an abandoned lock; undefined while its owner may be running. We hold the system's lock on the file. */
async function abandonedToken(file: Deno.FsFile, path: string): Promise<string | undefined> {
  const content = parseLock(await read(file));
  const token = content?.token ?? UNREADABLE_TOKEN;
  if (content?.advisory === true) return token;
  const touched = (await file.stat()).mtime?.getTime() ?? Number.POSITIVE_INFINITY;
  return (await fileSystemNow(path)) - touched > LOCK_ABANDONED_MS ? token : undefined;
}

/** The time of the file system, so that differences between the clocks of hosts do not matter. */
async function fileSystemNow(path: string): Promise<number> {
  const probe = `${path}.${fileSystem.randomToken()}.draft`;
  try {
    using file = await Deno.open(probe, { write: true, createNew: true, mode: 0o600 });
    return (await file.stat()).mtime?.getTime() ?? 0;
  } finally {
    await Deno.remove(probe);
  }
}

/** The content for a lock that this process takes. */
function newContent(): LockContent {
  return {
    pid: Deno.pid,
    hostname: "",
    startedAt: new Date().toISOString(),
    token: fileSystem.randomToken(),
    advisory: true,
  };
}

async function read(file: Deno.FsFile): Promise<string> {
  // Far longer than any content. A longer file is not a lock of ours.
  const bytes = new Uint8Array(4096);
  await file.seek(0, Deno.SeekMode.Start);
  const length = (await file.read(bytes)) ?? 0;
  return new TextDecoder().decode(bytes.subarray(0, length));
}

async function write(file: Deno.FsFile, content: LockContent): Promise<void> {
  await file.truncate(0);
  await file.seek(0, Deno.SeekMode.Start);
  await file.write(new TextEncoder().encode(formatLock(content)));
}

function heldLock(file: Deno.FsFile, path: string): CheckpointLock {
  let beat: Promise<void> = Promise.resolve();
  const heartbeat = setInterval(() => {
    beat = beat.then(() => touch(file)).catch(() => {});
  }, LOCK_HEARTBEAT_MS);
  // The heartbeat does not keep the process alive. It is a number in Deno, unlike in Node's types.
  Deno.unrefTimer(Number(heartbeat));
  return {
    release: async () => {
      clearInterval(heartbeat);
      await beat;
      try {
        if (await isAt(file, path)) await Deno.remove(path);
      } finally {
        file.close();
      }
    },
  };
}

/** Writes the heartbeat: the first byte again, because unlike utime this sets the time by the file system's own clock. */
async function touch(file: Deno.FsFile): Promise<void> {
  await file.seek(0, Deno.SeekMode.Start);
  await file.write(new TextEncoder().encode("{"));
}
