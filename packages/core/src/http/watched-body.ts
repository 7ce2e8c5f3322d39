import { raceAbort } from "../abort/race-abort.ts";
import type { BodyCheck } from "./body-check.ts";

/** What a body that the caller reads is watched by. */
export interface BodyWatch {
  /** Ends the reading, with its reason. */
  readonly signal: AbortSignal;
  /** Starts the timer of the next chunk, after which the signal aborts; the returned function stops the timer. */
  expectChunk(): () => void;
  /** The body was read to its end, broke, or was cancelled. */
  release(): void;
}

/**
 * Wraps a body, so that it fails when its next chunk does not arrive in time. Time counts only while the reader waits for a
 * chunk: between two reads it may take as long as it likes.
 * @param failureOf makes the error that the reader receives from what broke the body
 * @param check fails the body when its bytes are not what they should be
 */
export function watchedBody(
  body: ReadableStream<Uint8Array>,
  watch: BodyWatch,
  failureOf: (cause: unknown) => unknown,
  check?: BodyCheck,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const arrived = watch.expectChunk();
        try {
          const { done, value } = await raceAbort(reader.read(), watch.signal);
          if (!done) {
            check?.add(value);
            controller.enqueue(value);
            return;
          }
          check?.end();
          watch.release();
          controller.close();
        } catch (error) {
          watch.release();
          throw failureOf(error);
        } finally {
          arrived();
        }
      },
      cancel: async (reason) => {
        watch.release();
        await reader.cancel(reason);
      },
    },
    // Read nothing before the reader asks for it.
    { highWaterMark: 0 },
  );
}
