import { constants } from "node:fs";
import { copyFile, link, open, readFile, rename, rm, stat, unlink, writeFile } from "node:fs/promises";
import { setTimeout } from "node:timers/promises";
import type { CheckpointLock } from "@cosup/core";
import {
  formatLock,
  LOCK_ABANDONED_MS,
  LOCK_HEARTBEAT_MS,
  parseLock,
  replaceAlone,
  UNREADABLE_TOKEN,
  withDescriptor,
} from "@cosup/core/files";
import { errorCode } from "@cosup/core/runtime";
import { describeSelf, isUnknownHere, noteHeld, ownerAlive } from "./lock-owner.ts";

/** After a process was suspended, no thread has written its heartbeat yet; each one has this long to write it. */
const WAKE_MS = 4_000;

/** A round is lost when another process takes or releases the lock at that moment. */
const ROUNDS = 5;

/**
 * Takes the lock file `path`; undefined when a running process holds it. The file is never visible incomplete (it is a
 * draft that gets its name by link(2)). If several processes find the lock of one that has ended, exactly one takes it.
 */
export async function acquireLock(path: string): Promise<CheckpointLock | undefined> {
  const owner = await describeSelf();
  const draft = `${path}.${owner.token}.draft`;
  try {
    await writeFile(draft, formatLock(owner), { mode: 0o600, flag: "wx" });
    return (await take(path, draft)) ? heldLock(path, owner.token) : undefined;
  } finally {
    // A draft that remains does no harm; an error here would lose the lock that has been taken.
    await unlink(draft).catch(() => {});
  }
}

async function take(path: string, draft: string): Promise<boolean> {
  for (let round = 0; round < ROUNDS; round++) {
    if (await placeNew(draft, path)) {
      return true;
    }
    const standing = await readStanding(path, draft);
    if (standing === undefined) {
      continue;
    }
    if (!standing.abandoned) {
      return false;
    }
    if (standing.mayWake) {
      await setTimeout(WAKE_MS);
    }
    if (await replace(path, draft, standing.token)) {
      return true;
    }
  }
  return false;
}

/** What file systems without hard links say: FAT, and some network mounts. */
const NO_LINKS: readonly unknown[] = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"];

async function placeNew(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path).catch((error: unknown) => {
      if (!NO_LINKS.includes(errorCode(error))) throw error;
      // Still exclusive, but the file is visible while it is being written.
      return copyFile(draft, path, constants.COPYFILE_EXCL);
    });
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

interface Standing {
  readonly token: string;
  readonly abandoned: boolean;
  /** Whether a thread of this process may hold it that was suspended with us. */
  readonly mayWake: boolean;
}

/** The present lock; undefined when it is gone. */
async function readStanding(path: string, draft: string): Promise<Standing | undefined> {
  try {
    const [text, stats, now] = [await readFile(path, "utf8"), await stat(path), await stat(draft)];
    const owner = parseLock(text);
    const token = owner?.token ?? UNREADABLE_TOKEN;
    const alive = owner && (await ownerAlive(owner));
    if (alive !== undefined) return { token, abandoned: !alive, mayWake: false };
    // Both times come from the file system, so differences between the clocks of hosts do not matter.
    const abandoned = now.mtimeMs - stats.mtimeMs > LOCK_ABANDONED_MS;
    return { token, abandoned, mayWake: owner !== undefined && isUnknownHere(owner) };
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}

/** Replaces a lock by ours, in one step, if it is still abandoned. */
async function replace(path: string, draft: string, token: string): Promise<boolean> {
  const replaced = await replaceAlone(acquireLock, path, token, async () => {
    const standing = await readStanding(path, draft);
    if (standing?.token !== token || !standing.abandoned) return false;
    await rename(draft, path);
    return true;
  });
  return replaced === true;
}

function heldLock(path: string, token: string): CheckpointLock {
  noteHeld(token, true);
  let shownAt = Date.now();
  const heartbeat = setInterval(() => {
    void touch(path, token).then((shown) => {
      if (shown) shownAt = Date.now();
    });
  }, LOCK_HEARTBEAT_MS);
  heartbeat.unref();
  return {
    release: async () => {
      clearInterval(heartbeat);
      try {
        await removeOwn(path, token, Date.now() - shownAt > LOCK_ABANDONED_MS / 2);
      } finally {
        noteHeld(token, false);
      }
    },
  };
}

/**
 * Removes the lock if it is still ours.
 * @param silent whether other processes may be replacing it, because our heartbeat is late
 */
async function removeOwn(path: string, token: string, silent: boolean): Promise<void> {
  const remove = async (): Promise<void> => {
    const text = await withDescriptor(() => readFile(path, "utf8")).catch(() => "");
    if (parseLock(text)?.token === token) await rm(path, { force: true });
  };
  await (silent ? replaceAlone(acquireLock, path, token, remove) : remove());
}

/** Windows has neither. */
const { O_RDWR, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;

/**
 * Writes the heartbeat: the first byte again, because unlike utimes this sets the time by the file system's own clock. Only
 * a file with our token is written to, because another user of the directory may have replaced it by a link. The file is
 * opened each time, because hundreds of waiting uploads must not hold a descriptor each.
 */
async function touch(path: string, token: string): Promise<boolean> {
  try {
    const handle = await open(path, (O_RDWR ?? 0) | O_NOFOLLOW | O_NONBLOCK);
    try {
      const head = Buffer.alloc(4_096);
      const { bytesRead } = await handle.read(head, 0, head.length, 0);
      if (parseLock(head.toString("utf8", 0, bytesRead))?.token !== token) return false;
      await handle.write("{", 0);
      return true;
    } finally {
      await handle.close();
    }
  } catch {
    // The file is gone or cannot be reached. At worst, the lock counts as abandoned in a minute.
    return false;
  }
}
