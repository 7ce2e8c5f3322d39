import type { CheckpointLock } from "@cosup/core";
import {
  formatLock,
  LOCK_ABANDONED_MS,
  LOCK_HEARTBEAT_MS,
  type LockContent,
  parseLock,
  UNREADABLE_TOKEN,
} from "@cosup/core/files";
import { fileSystem } from "../file_system.ts";

/** Each round lost means that the holder removed its file just then. */
const ROUNDS = 5;

/**
 * Takes the lock file `path`; undefined when a living process holds it. Among Deno processes the system's own lock on
 * the file decides, which ends with its process however that dies, so that nobody ever waits for the dead. The file's
 * being there, its content and its time are for `@cosup/node`, which goes by these.
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
    // Whoever else opened the file that we created sees that it is no one's yet, and lets go at once.
    if (created) await file.lock(true);
    else if (!(await file.tryLock(true))) return undefined;
    if (!(await isAt(file, path))) return "gone";
    if (!created) return await replace(file, path);
    await write(file, newContent());
    kept = true;
    return heldLock(file, path);
  } finally {
    // Closing it lets go of the system's lock.
    if (!kept) file.close();
  }
}

/** A new lock file, or the one that stands there; undefined when it went away in between. */
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

/** A lock on a file that has been removed or replaced locks nothing, nor one on what a link leads to. */
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
 * Puts a lock of ours in the place of an abandoned one, in one step. What stands there is never written to: whoever may
 * write to the directory may have made it another file's second name. Node replaces abandoned locks under a lock on their
 * token; so do we, and look again: a slow one must not replace the lock of whoever was first.
 */
async function replace(standing: Deno.FsFile, path: string): Promise<CheckpointLock | undefined> {
  const token = await abandonedToken(standing, path);
  if (token === undefined) return undefined;
  const guard = await acquireLock(`${path}.${token}`);
  if (guard === undefined) return undefined;
  try {
    if (!(await isAt(standing, path)) || (await abandonedToken(standing, path)) !== token) return undefined;
    return await placeOver(path);
  } finally {
    await guard.release();
  }
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

/** The token of a lock whose holder is gone; undefined while it may live. We hold the system's lock on the file. */
async function abandonedToken(file: Deno.FsFile, path: string): Promise<string | undefined> {
  const content = parseLock(await read(file));
  const token = content?.token ?? UNREADABLE_TOKEN;
  if (content?.advisory === true) return token;
  const touched = (await file.stat()).mtime?.getTime() ?? Number.POSITIVE_INFINITY;
  return (await fileSystemNow(path)) - touched > LOCK_ABANDONED_MS ? token : undefined;
}

/** Both times are then the file system's, so that clocks of different hosts do not matter. */
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
  // Far longer than any content: what does not fit is not a lock of ours.
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
  // A process that has nothing else to do may end. A number in Deno, whatever Node's types say of it.
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

/** Writes the byte that is there already: unlike utime, this sets the time by the file system's own clock. */
async function touch(file: Deno.FsFile): Promise<void> {
  await file.seek(0, Deno.SeekMode.Start);
  await file.write(new TextEncoder().encode("{"));
}
