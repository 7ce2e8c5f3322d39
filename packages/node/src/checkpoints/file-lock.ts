import { constants } from "node:fs";
import { copyFile, link, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import type { CheckpointLock } from "@cosup/core";
import { withDescriptor } from "../descriptors.ts";
import { errorCode } from "../error-code.ts";
import { describeSelf, ownerAlive, parseOwner } from "./lock-owner.ts";

/** How often a holder shows that it lives, for those that cannot see its process. */
export const HEARTBEAT_MS = 15_000;
/** A lock without a sign of life for this long is abandoned, if its process cannot be looked at. */
export const ABANDONED_MS = 4 * HEARTBEAT_MS;

/** Each round lost means that another process took or left the lock just then. */
const ROUNDS = 5;

/**
 * Takes the lock file `path`; undefined when a living process holds it. The file appears whole (written aside, then
 * link(2)), and the lock of a dead process is replaced, by exactly one of those who find it.
 */
export async function acquireLock(path: string): Promise<CheckpointLock | undefined> {
  const owner = await describeSelf();
  const draft = `${path}.${owner.token}.draft`;
  try {
    await writeFile(draft, JSON.stringify(owner), { mode: 0o600, flag: "wx" });
    return (await take(path, draft)) ? heldLock(path, owner.token) : undefined;
  } finally {
    // A draft that stays is litter; an error would lose the lock that has been taken.
    await rm(draft, { force: true }).catch(() => {});
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
    if (await replace(path, draft, standing.token)) {
      return true;
    }
  }
  return false;
}

async function placeNew(draft: string, path: string): Promise<boolean> {
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    const code = errorCode(error);
    if (code === "EEXIST") {
      return false;
    }
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "EOPNOTSUPP" && code !== "ENOSYS") {
      throw error;
    }
  }
  // No hard links here (FAT, some network mounts): still exclusive, but the file is not whole at once.
  return copyFile(draft, path, constants.COPYFILE_EXCL).then(
    () => true,
    (error: unknown) => {
      if (errorCode(error) === "EEXIST") {
        return false;
      }
      throw error;
    },
  );
}

/** The lock as it stands, judged; undefined when it is gone. */
async function readStanding(
  path: string,
  draft: string,
): Promise<{ token: string; abandoned: boolean } | undefined> {
  try {
    const [text, stats, now] = [await readFile(path, "utf8"), await stat(path), await stat(draft)];
    const owner = parseOwner(text);
    const alive = owner && (await ownerAlive(owner));
    // Both times are the file system's, so that clocks of different hosts do not matter.
    const silentMs = now.mtimeMs - stats.mtimeMs;
    return {
      token: owner?.token ?? "unreadable",
      abandoned: alive === undefined ? silentMs > ABANDONED_MS : !alive,
    };
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      return undefined;
    }
    throw error;
  }
}

/**
 * Puts our lock in the place of the abandoned one, in one step. Those who found it abandoned exclude each other by a
 * lock on its token, then look again: a slow one must not replace the lock of whoever was first. That lock may be
 * left behind in its turn, and is then replaced in the same way.
 */
async function replace(path: string, draft: string, token: string): Promise<boolean> {
  const guard = await acquireLock(`${path}.${token}`);
  if (guard === undefined) {
    return false;
  }
  try {
    const standing = await readStanding(path, draft);
    if (standing?.token !== token || !standing.abandoned) {
      return false;
    }
    await rename(draft, path);
    return true;
  } finally {
    await guard.release();
  }
}

function heldLock(path: string, token: string): CheckpointLock {
  const heartbeat = setInterval(() => void touch(path), HEARTBEAT_MS);
  heartbeat.unref();
  return {
    release: async () => {
      clearInterval(heartbeat);
      const text = await withDescriptor(() => readFile(path, "utf8")).catch(() => "");
      if (parseOwner(text)?.token === token) {
        await rm(path, { force: true });
      }
    },
  };
}

/** Writes the byte that is there already: unlike utimes, this sets the time by the file system's own clock. */
async function touch(path: string): Promise<void> {
  try {
    const handle = await open(path, "r+");
    await handle.write("{", 0).finally(() => handle.close());
  } catch {
    // Gone or out of reach: at worst the lock looks abandoned a minute from now.
  }
}
