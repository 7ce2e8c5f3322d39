/** Bytes that fetch is given at a time, of which it makes a copy. Smaller ones leave more garbage behind (measured). */
const WINDOW = 512 * 1024;

/** A global of workerd: a stream whose length fetch knows, so that it goes out with Content-Length, not in chunks. */
declare const FixedLengthStream:
  | (new (
      length: number,
    ) => TransformStream<Uint8Array, Uint8Array>)
  | undefined;

/** On a slow line, so that each is progress: at half a KB per second, one goes every half minute. */
const SLOW_WINDOW = 16 * 1024;

/** What fetch sends, and how to end the sending when there is a response, or never will be. */
export interface RequestBody {
  readonly init: BodyInit | null;
  /** Bytes that fetch has not taken yet; undefined when it takes the body as a whole. */
  readonly unsent?: () => number;
  stop(): void;
}

/**
 * The body of a request. workerd copies a body that is given as bytes, which would double the memory of every part
 * under way (measured: 51 MiB more for five parts of 8 MiB); as a stream of fixed length, it takes a window at a time.
 */
export function requestBody(bytes: Uint8Array | undefined, slow = false): RequestBody {
  if (bytes === undefined) return { init: null, stop: () => {} };
  const window = slow ? SLOW_WINDOW : WINDOW;
  if (bytes.length <= window || typeof FixedLengthStream === "undefined") {
    return { init: bytes as Uint8Array<ArrayBuffer>, stop: () => {} };
  }
  const { readable, writable } = new FixedLengthStream(bytes.length);
  const writer = writable.getWriter();
  let taken = 0;
  const writeAll = async (): Promise<void> => {
    for (; taken < bytes.length; taken = Math.min(bytes.length, taken + window)) {
      await writer.write(bytes.subarray(taken, taken + window));
    }
    await writer.close();
  };
  // A write fails when fetch has failed, which is where it is reported.
  void writeAll().catch(() => {});
  return {
    init: readable,
    // After an early refusal nobody reads on, and the memory goes to another part. Not before the refusal itself has
    // been read, for this closes the connection.
    stop: () => void writer.abort().catch(() => {}),
    ...(slow && { unsent: () => bytes.length - taken }),
  };
}
