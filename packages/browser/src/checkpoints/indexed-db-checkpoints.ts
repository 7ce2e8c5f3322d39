import type { CheckpointStore } from "@cosup/core/runtime";
import { ArgumentTypeError } from "@cosup/core/upload";
import { takeWebLock } from "./web-lock.ts";
import { withinLimit } from "./within-limit.ts";

const STORE = "checkpoints";

/**
 * Checkpoints in IndexedDB: an upload survives a reload and a closed tab, and resumes when the same
 * call is made with the same file. A lock (Web Locks) keeps two tabs from uploading the same object; the browser releases
 * it when a tab ends. The user's "clear site data" removes checkpoints too, and a private window keeps them until it is
 * closed. `checkpoints: true` is this store with its default name.
 * @param name of the database; default `cosup`
 * @throws {TypeError} the name is not a non-empty string
 *
 * @example
 * ```ts
 * await cos.uploadFile({ Bucket, Key, Body: file, checkpoints: indexedDbCheckpoints() });
 * ```
 */
export function indexedDbCheckpoints(name = "cosup"): CheckpointStore {
  if (typeof name !== "string" || name === "")
    throw new ArgumentTypeError("name", "must be a non-empty string");
  let opened: Promise<IDBDatabase> | undefined;
  /**
   * One database for all uploads, opened again when that failed or the browser closed it. While an open takes too long, all
   * calls fail at once.
   */
  const database = (): Promise<IDBDatabase> => {
    opened ??= open();
    return opened;
  };
  const forget = (): void => {
    opened = undefined;
  };
  const open = (): Promise<IDBDatabase> => {
    const opening = openDatabase(name, forget);
    const limited = withinLimit(opening);
    const keep = (): void => {
      opened = opening;
    };
    limited.catch(() => opening.then(keep, forget));
    return limited;
  };
  const run = async <T>(
    mode: IDBTransactionMode,
    action: (store: IDBObjectStore) => IDBRequest<T>,
  ): Promise<T> => withinLimit(transact(await database(), mode, action));
  return {
    load: async (id) => {
      const text: unknown = await run("readonly", (store) => store.get(id));
      return typeof text === "string" ? text : undefined;
    },
    save: async (id, text) => void (await run("readwrite", (store) => store.put(text, id))),
    remove: (id) => run("readwrite", (store) => store.delete(id)),
    lock: (id) => takeWebLock(`${name}:${id}`),
  };
}

function openDatabase(name: string, onClosed: () => void): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(STORE);
    request.onerror = () => reject(request.error);
    request.onsuccess = () => {
      const { result } = request;
      const close = (): void => {
        result.close();
        onClosed();
      };
      // Another page deletes the database, or opens a later version: this one must not stand in its way.
      result.onversionchange = close;
      result.onclose = onClosed;
      resolve(result);
    };
  });
}

/** One transaction with one request; settles when it is committed. */
function transact<T>(
  database: IDBDatabase,
  mode: IDBTransactionMode,
  action: (store: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const transaction = database.transaction(STORE, mode);
    const request = action(transaction.objectStore(STORE));
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
}
