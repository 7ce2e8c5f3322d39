import { raceAbort } from "../abort/race-abort.ts";
import type { BodyCheck } from "./body-check.ts";
import type { BodyWatch } from "./body-watch.ts";
import type { PacedBody } from "./paced-body.ts";

/**
 * Wraps a body, so that it fails when its next chunk does not arrive in time. Time counts only while the reader waits for a
 * chunk: between two reads it may take as long as it likes.
 * @param failureOf makes the error that the reader receives from what broke the body
 * @param check fails the body when its bytes are not what they should be
 * @param paced holds each chunk back until its turn, so that no more is read meanwhile
 */
export function watchedBody(
  body: ReadableStream<Uint8Array>,
  watch: BodyWatch,
  failureOf: (cause: unknown) => unknown,
  check?: BodyCheck,
  paced?: PacedBody,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  const release = (): void => {
    paced?.stop();
    watch.release();
  };
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const arrived = watch.expectChunk();
        try {
          const { done, value } = await raceAbort(reader.read(), watch.signal);
          if (!done) {
            arrived();
            if (paced !== undefined) await raceAbort(paced.next(value.length), watch.signal);
            check?.add(value);
            controller.enqueue(value);
            return;
          }
          check?.end();
          release();
          controller.close();
        } catch (error) {
          release();
          throw failureOf(error);
        } finally {
          arrived();
        }
      },
      cancel: async (reason) => {
        release();
        await reader.cancel(reason);
      },
    },
    // Read nothing before the reader asks for it.
    { highWaterMark: 0 },
  );
}
