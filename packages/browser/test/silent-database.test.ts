import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { indexedDbCheckpoints } from "../src/checkpoints/indexed-db-checkpoints.ts";
import { RESPONSE_MS } from "../src/checkpoints/within-limit.ts";

/** A request or a transaction of a database that responds when the test says so. */
interface Pending {
  result?: unknown;
  error?: unknown;
  onsuccess?(): void;
  onerror?(): void;
  oncomplete?(): void;
}

const opens: Pending[] = [];
const transactions: Pending[] = [];
const last = (pending: Pending[]): Pending => {
  const one = pending.at(-1);
  if (one === undefined) throw new Error("nothing was asked of the database");
  return one;
};
const DATABASE = {
  close: () => {},
  transaction: () => {
    const transaction = { objectStore: () => ({ get: () => ({ result: "text" }) }) };
    transactions.push(transaction as Pending);
    return transaction;
  },
};

beforeEach(() => {
  vi.useFakeTimers();
  opens.length = 0;
  transactions.length = 0;
  vi.stubGlobal("indexedDB", {
    open: () => {
      const request: Pending = { result: DATABASE };
      opens.push(request);
      return request;
    },
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const refused = (promise: Promise<unknown>): Promise<void> =>
  expect(promise).rejects.toThrow("does not respond within 10 s");

test("a database that never opens fails the calls, and those after them at once", async () => {
  const store = indexedDbCheckpoints();
  const first = refused(store.load("id"));
  await vi.advanceTimersByTimeAsync(RESPONSE_MS);
  await first;
  await refused(store.save("id", "text"));
  expect(opens).toHaveLength(1);
});

test("a database that opens late is used from then on", async () => {
  const store = indexedDbCheckpoints();
  const first = refused(store.load("id"));
  await vi.advanceTimersByTimeAsync(RESPONSE_MS);
  await first;
  last(opens).onsuccess?.();
  await vi.advanceTimersByTimeAsync(0);
  const load = store.load("id");
  await vi.advanceTimersByTimeAsync(0);
  last(transactions).oncomplete?.();
  await expect(load).resolves.toBe("text");
  expect(opens).toHaveLength(1);
});

test("a transaction that never ends fails its call", async () => {
  const store = indexedDbCheckpoints();
  const load = refused(store.load("id"));
  last(opens).onsuccess?.();
  await vi.advanceTimersByTimeAsync(RESPONSE_MS);
  await load;
  expect(transactions).toHaveLength(1);
});

test.each([
  ["refuses", (): Pending => ({ error: new Error("refused") })],
  [
    "throws",
    (): Pending => {
      throw new Error("refused");
    },
  ],
])("an open that %s is tried again by the next call", async (_, open) => {
  const working = indexedDB.open;
  vi.stubGlobal("indexedDB", { open: vi.fn(open).mockImplementationOnce(open) });
  const store = indexedDbCheckpoints();
  const refusing = indexedDB.open as unknown as ReturnType<typeof vi.fn<() => Pending>>;
  const load = expect(store.load("id")).rejects.toThrow("refused");
  if (refusing.mock.results[0]?.type === "return") refusing.mock.results[0].value.onerror?.();
  await load;
  vi.stubGlobal("indexedDB", { open: working });
  const again = store.load("id");
  await vi.advanceTimersByTimeAsync(0);
  last(opens).onsuccess?.();
  await vi.advanceTimersByTimeAsync(0);
  last(transactions).oncomplete?.();
  await expect(again).resolves.toBe("text");
});
