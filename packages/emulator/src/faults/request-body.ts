/** What strikes while a request's body is read. */
export interface BodyFaults {
  /** Bytes after which `strike` is called; undefined: never. */
  readonly strikeAfter: number | undefined;
  /** The byte after them is to change, so there must be one. */
  readonly flips: boolean;
  /** Ends the request by throwing, or lets it go on. */
  strike(): Promise<void>;
  /** Bytes per second, as it stands when a chunk arrives. */
  pace(): number | undefined;
  sleep(ms: number): Promise<void>;
  /** Takes a copy of each chunk, if somebody wants one. */
  readonly keep?: ((chunk: Uint8Array) => void) | undefined;
  /** The last byte is read, and the reader does not know yet. */
  ended(): Promise<void>;
}

/** A request body with its faults: the reader behind it sees what a server sees when they happen. */
export async function* faultyBody(
  body: AsyncIterable<Uint8Array> | undefined,
  faults: BodyFaults,
): AsyncGenerator<Uint8Array> {
  let left = faults.strikeAfter;
  for await (const chunk of body ?? []) {
    let rest = chunk;
    if (left !== undefined && (faults.flips ? chunk.length > left : chunk.length >= left)) {
      if (left > 0) yield* paced(chunk.subarray(0, left), faults);
      rest = chunk.subarray(left);
      left = undefined;
      await faults.strike();
      if (faults.flips) rest = flipFirst(rest);
    } else if (left !== undefined) left -= chunk.length;
    if (rest.length > 0) yield* paced(rest, faults);
  }
  // An empty body brings no chunk, and has had its zero bytes all the same.
  if (left === 0 && !faults.flips) await faults.strike();
  await faults.ended();
}

/** A copy with another first byte. */
export function flipFirst(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[0] = (copy[0] ?? 0) ^ 1;
  return copy;
}

/** Ten pieces a second, so that a slow reader is slow all the time instead of in jerks. */
async function* paced(chunk: Uint8Array, faults: BodyFaults): AsyncGenerator<Uint8Array> {
  const rate = faults.pace();
  const size = rate === undefined ? chunk.length : Math.max(1, Math.floor(rate / 10));
  for (let at = 0; at < chunk.length; at += size) {
    const piece = chunk.subarray(at, at + size);
    if (rate !== undefined) await faults.sleep((piece.length * 1000) / rate);
    faults.keep?.(piece);
    yield piece;
  }
}
