import { afterAbort, LAST_WORDS_MS } from "../redis/after-abort.ts";
import { noteEnded } from "./alive.ts";
import type { OpenWorker } from "./open-worker.ts";

/** Rejects some time after the worker was told to end, if it has not opened by then: Redis may never respond. */
export async function inTime(opening: Promise<OpenWorker>, draining: AbortSignal): Promise<OpenWorker> {
  const patience = afterAbort(draining, LAST_WORDS_MS);
  const opened = await Promise.race([opening, patience.over]).finally(patience.clear);
  if (opened !== undefined) return opened;
  opening.then(
    ({ closeClient, redis }) => {
      closeClient();
      redis.disconnect();
    },
    () => {},
  );
  throw new Error("the worker was closed before Redis had responded");
}

/** Resolves when everything is closed. */
export async function closing(opened: Promise<OpenWorker>, draining: AbortSignal): Promise<void> {
  const { bull, redis, context, closeClient } = await opened;
  await new Promise<void>((resolve) => {
    if (draining.aborted) resolve();
    else draining.addEventListener("abort", () => resolve(), { once: true });
  });
  // While Redis is away, what BullMQ still has to say would wait for it for ever. ioredis does not reject what waits when it is
  // told to disconnect between two attempts to connect.
  const lastWords = afterAbort(context.stopping, LAST_WORDS_MS);
  await Promise.race([bull.close(), lastWords.over]);
  lastWords.clear();
  if (redis.status === "ready") {
    await noteEnded(redis, context.queue).catch(() => {});
  }
  closeClient();
  redis.disconnect();
}
