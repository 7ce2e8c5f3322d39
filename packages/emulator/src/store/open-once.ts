import type { Settings } from "../types.ts";
import { loadLibrary } from "./database.ts";
import { Store } from "./store.ts";

/** A store that is opened when it is needed for the first time. */
export interface OpenedStore {
  store(): Promise<Store>;
  /** Runs a task that concerns all buckets. Those tasks run one after the other, and `close` waits for the running one. */
  exclusive<T>(task: (store: Store) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export function openOnce(settings: Settings): OpenedStore {
  let opening: Promise<Store> | undefined;
  // It is compiled while the emulator begins to listen and takes the lock. What fails is reported when it is needed.
  if (settings.data !== undefined) loadLibrary().catch(() => {});
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();

  const store = async (): Promise<Store> => {
    // Without the lock, a late request must not write.
    if (closed) throw new Error("the emulator is closed");
    const { data, buckets, now, fsync } = settings;
    opening ??= data === undefined ? Store.inMemory(buckets, now()) : Store.open(data, buckets, now(), fsync);
    return opening;
  };
  return {
    store,
    exclusive(task) {
      const result = last.then(async () => task(await store()));
      last = result.catch(() => {});
      return result;
    },
    async close() {
      if (closed) return;
      closed = true;
      await last;
      const opened = await opening?.catch(() => undefined);
      await opened?.close();
    },
  };
}
