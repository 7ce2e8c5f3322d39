import type { Ledger } from "./ledger.ts";
import { decodeResults, type NumberedResult, type StoredFailure } from "./outcome.ts";

/** Objects that COS holds, a batch at a time, in no order. A result may come twice while the run goes on. */
export async function* eachResult({ redis, keys }: Ledger): AsyncGenerator<NumberedResult> {
  let cursor = "0";
  do {
    const [next, fields] = await redis.hscanBuffer(keys.results, cursor, "COUNT", 100);
    cursor = String(next);
    for (let index = 1; index < fields.length; index += 2) {
      const stored = fields[index];
      if (stored !== undefined) yield* await decodeResults(stored);
    }
  } while (cursor !== "0");
}

/** Objects that failed for good, in no order. */
export async function* eachFailure({ redis, keys }: Ledger): AsyncGenerator<StoredFailure> {
  let cursor = "0";
  do {
    const [next, fields] = await redis.hscan(keys.failures, cursor, "COUNT", 100);
    cursor = next;
    for (let index = 1; index < fields.length; index += 2)
      yield JSON.parse(fields[index] ?? "{}") as StoredFailure;
  } while (cursor !== "0");
}
