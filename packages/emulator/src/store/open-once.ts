import type { Settings } from "../types.ts";
import { Store } from "./store.ts";

/** A store that is opened when it is needed for the first time. */
export interface OpenedStore {
  store(): Promise<Store>;
  close(): Promise<void>;
}

export function openOnce(settings: Settings): OpenedStore {
  let opening: Promise<Store> | undefined;
  let closed = false;
  return {
    async store() {
      // Without the lock, a late request must not write.
      if (closed) throw new Error("the emulator is closed");
      const { data, buckets, now, fsync } = settings;
      opening ??=
        data === undefined ? Store.inMemory(buckets, now()) : Store.open(data, buckets, now(), fsync);
      return opening;
    },
    async close() {
      if (closed) return;
      closed = true;
      const store = await opening?.catch(() => undefined);
      await store?.close();
    },
  };
}
