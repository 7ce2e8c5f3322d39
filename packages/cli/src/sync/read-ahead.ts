import { setImmediate } from "node:timers/promises";

/**
 * Yields the items of a list that comes in pages, and reads ahead until `most` of them wait: the next page is requested while
 * this one is compared. An error comes after the items before it.
 */
export async function* readAhead<T>(
  items: AsyncIterable<T>,
  most: number,
): AsyncGenerator<T, void, undefined> {
  const iterator = items[Symbol.asyncIterator]();
  const queue: T[] = [];
  const state = { isEnded: false };
  const changes = new Changes();
  const read = async (): Promise<void> => {
    try {
      for (
        let next = await iterator.next();
        next.done !== true && !state.isEnded;
        next = await iterator.next()
      ) {
        queue.push(next.value);
        changes.tell();
        while (queue.length >= most && !state.isEnded) await changes.next();
      }
    } finally {
      state.isEnded = true;
      changes.tell();
    }
  };
  const reading = read();
  // Awaited at the end; until then, a failure must not count as unhandled.
  reading.catch(() => {});
  try {
    for (;;) {
      while (queue.length === 0 && !state.isEnded) await changes.next();
      // First the reader takes the rest of the page and sends its next request. What follows here does not wait for anything,
      // so that the event loop would not turn before the page is used up.
      await setImmediate();
      const taken = queue.splice(0);
      if (taken.length === 0) break;
      changes.tell();
      yield* taken;
    }
    await reading;
  } finally {
    state.isEnded = true;
    changes.tell();
    await iterator.return?.();
  }
}

/** Lets two loops wait for each other. */
class Changes {
  #waiting: (() => void)[] = [];

  tell(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }
}
