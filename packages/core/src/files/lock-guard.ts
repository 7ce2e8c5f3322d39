import type { CheckpointLock } from "../runtime/checkpoint-store.ts";

/**
 * Replaces or removes a lock that was found abandoned. Processes that find it so exclude each other by a lock on its token,
 * and then have to check again, so that a slow process does not replace the lock of the first one. The lock on the token can
 * be abandoned too, and is then replaced in the same way.
 * @param acquire takes a lock file
 * @param path of the lock
 * @param token of the lock that was found
 * @param replace checks again, and replaces or removes the lock
 * @returns what `replace` returned; undefined when another process is about to replace the lock
 */
export async function replaceAlone<T>(
  acquire: (path: string) => Promise<CheckpointLock | undefined>,
  path: string,
  token: string,
  replace: () => Promise<T>,
): Promise<T | undefined> {
  const guard = await acquire(`${path}.${token}`);
  try {
    return guard && (await replace());
  } finally {
    await guard?.release();
  }
}
