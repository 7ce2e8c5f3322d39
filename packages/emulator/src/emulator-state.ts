import { OptionTypeError } from "./options/option-errors.ts";
import type { RequestHistory, RequestMatch, WaitOptions } from "./requests/history.ts";
import type { RequestEntry } from "./requests/request-entry.ts";
import { type Seeded, type SeedOptions, seedStore } from "./seed.ts";
import type { OpenedStore } from "./store/open-once.ts";
import { emptyBuckets, Snapshot } from "./store/snapshot.ts";
import type { Settings } from "./types.ts";

/** What tests do with the data and the requests of an emulator. */
export interface EmulatorState {
  /** Deletes everything, and creates the buckets of the options again. Fault scripts stay. */
  reset(): Promise<void>;
  /** Stores each file below a folder as an object, and deletes nothing. */
  seed(folder: string, options?: SeedOptions): Promise<Seeded>;
  /** All buckets, objects and uploads as they are now. Costs no copy of their bytes. */
  snapshot(): Promise<Snapshot>;
  /** Returns to a snapshot of this emulator, as often as you like. */
  restore(snapshot: Snapshot): Promise<void>;
  /** The last 10,000 requests, the oldest first; `reset()` forgets them. */
  requests(): readonly RequestEntry[];
  /**
   * Resolves with the next request that matches, as soon as its response is ready. Call it before what sends the request.
   * @throws {Error} none came within `timeoutMs` (5000)
   */
  waitFor(match: RequestMatch, options?: WaitOptions): Promise<RequestEntry>;
}

export function stateOf(opened: OpenedStore, settings: Settings, history: RequestHistory): EmulatorState {
  return {
    async reset() {
      await opened.exclusive((store) => store.restore(emptyBuckets(settings.buckets, settings.now())));
      history.clear();
    },
    seed: (folder, options) => opened.exclusive((store) => seedStore(store, folder, settings.now, options)),
    snapshot: () => opened.exclusive(async (store) => store.snapshot()),
    async restore(snapshot) {
      if (!(snapshot instanceof Snapshot)) {
        throw new OptionTypeError("snapshot", "accepted: what snapshot() of this emulator returned");
      }
      await opened.exclusive((store) => store.restore(snapshot.contentsFor(store.files)));
    },
    requests: () => history.all(),
    waitFor: (match, options) => history.waitFor(match, options),
  };
}
