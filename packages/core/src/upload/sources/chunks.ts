import { SourceError } from "../../errors.ts";
import { onCall } from "./on-call.ts";

/** Gives the chunks of a stream or an iterable, one after the other. */
export interface Chunks {
  next(): Promise<Chunk>;
  /** Ends the stream or iterator unless it has ended. Does not wait: a stream's cancel or a generator may hang. */
  close(ended: boolean): void;
  /** Whether another consumer has called the iterator since the upload has it. */
  readonly taken?: boolean;
}

export interface Chunk {
  readonly done?: boolean | undefined;
  readonly value?: unknown;
}

/** The chunks of a web stream, which is locked from now on. */
export function chunksOfStream(stream: ReadableStream): Chunks {
  const reader: ReadableStreamDefaultReader<unknown> = stream.getReader();
  return {
    next: () => reader.read(),
    // To cancel a failed stream rejects with its error, which the read has reported already.
    close: (ended) => {
      if (!ended) void reader.cancel().catch(() => {});
    },
  };
}

/** The chunks of an iterator. */
export function chunksOfIterator(iterator: AsyncIterator<unknown>): Chunks {
  const { next, return: end } = iterator;
  let taken = false;
  const take = (): void => {
    taken = true;
  };
  // Iterators other than generators may call these methods themselves.
  const observed =
    Object.prototype.toString.call(iterator) === "[object AsyncGenerator]" ? ["next", "return", "throw"] : [];
  const restore = observed.map((name) => onCall(iterator, name, take));
  return {
    next: () => next.call(iterator),
    close: (ended) => {
      for (const each of restore) each();
      if (!ended) void (async () => end?.call(iterator))().catch(() => {});
    },
    get taken() {
      return taken;
    },
  };
}

/** The failure of an upload whose iterator another consumer also reads. */
export function takenByOther(): SourceError {
  return new SourceError(
    "somebody else has read from this iterable",
    "source-unreadable",
    undefined,
    "give each consumer an iterable of its own",
  );
}
