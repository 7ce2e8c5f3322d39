import { raceAbort } from "../abort/race-abort.ts";

/** Who watches over a body that somebody else reads. */
export interface BodyWatch {
  /** Ends the reading, with its reason. */
  readonly signal: AbortSignal;
  /** Gives a piece its time, after which the signal aborts; the returned function says that the piece is there. */
  expectPiece(): () => void;
  /** The body is over: read to its end, broken, or cancelled. */
  release(): void;
}

/**
 * A body under watch. It is timed only while its reader waits for it: a reader may take as long as it likes.
 * @param failureOf what its reader is told of what broke it
 */
export function watchedBody(
  body: ReadableStream<Uint8Array>,
  watch: BodyWatch,
  failureOf: (cause: unknown) => unknown,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const arrived = watch.expectPiece();
        try {
          const { done, value } = await raceAbort(reader.read(), watch.signal);
          if (!done) {
            controller.enqueue(value);
            return;
          }
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
    // Nothing is read ahead of whoever reads this.
    { highWaterMark: 0 },
  );
}
