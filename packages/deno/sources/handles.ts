/** Lends a handle to one reader at a time: Deno reads at a handle's own position, never at a given one. */
export interface Handles {
  use<T>(read: (file: Deno.FsFile) => Promise<T>, signal?: AbortSignal): Promise<T>;
  close(): void;
}

/**
 * A free handle, or one more: as many as there ever were readers at once, all closed in the end.
 * @param first one that is open already
 */
export function handlePool(
  open: (signal?: AbortSignal) => Promise<Deno.FsFile>,
  first?: Deno.FsFile,
): Handles {
  const free: Deno.FsFile[] = first === undefined ? [] : [first];
  let closed = false;
  return {
    use: async (read, signal) => {
      const file = free.pop() ?? (await open(signal));
      try {
        return await read(file);
      } finally {
        if (closed) file.close();
        else free.push(file);
      }
    },
    close: () => {
      closed = true;
      for (const file of free.splice(0)) file.close();
    },
  };
}

/** The caller's own handle, lent to one reader after the other; it remains the caller's to close. */
export function singleHandle(file: Deno.FsFile): Handles {
  let turn: Promise<unknown> = Promise.resolve();
  return {
    use: (read) => {
      const mine = turn.then(() => read(file));
      turn = mine.catch(() => {});
      return mine;
    },
    close: () => {},
  };
}
