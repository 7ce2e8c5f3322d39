import { setTimeout as pause } from "node:timers/promises";
import type { Broker } from "./broker.ts";
import { ended, type MoveStatus } from "./moves-rig.ts";
import type { Cos, Worker } from "./rig.ts";

/** The queues of the example, as the tests have them. A slow machine must not run out of retries: their delays are cut short. */
export const CONSUMERS = {
  objects: { batchSize: 6, concurrency: 2, maxRetries: 100_000 },
  parts: { batchSize: 1, concurrency: 3, maxRetries: 100_000 },
};

/** Waits until the move has ended and no duplicate is left. */
export async function endedWithDuplicates(worker: Worker, broker: Broker, id: string): Promise<MoveStatus> {
  await ended(worker, id);
  while (!broker.idle) await pause(20);
  return ended(worker, id);
}

/** COS processes such a request, and its response does not arrive before `end` is called. */
export function withoutResponse(
  cos: Cos,
  operation: string,
): { readonly processed: Promise<void>; end(): void } {
  let end = (): void => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  const processed = new Promise<void>((resolve) => {
    cos.interfere(async (request, next) => {
      const response = await next();
      if (request.operation !== operation) return response;
      resolve();
      await ended;
      return response;
    });
  });
  return {
    processed,
    end: () => {
      cos.interfere(undefined);
      end();
    },
  };
}
