/** The faults of a request's body. */
export interface BodyFaults {
  /** Number of bytes after which `apply` is called; undefined: never. */
  readonly applyAfter: number | undefined;
  /** Changes the byte after them, so `apply` is called only if there is one. */
  readonly flips: boolean;
  /** May throw, which ends the request. */
  apply(): Promise<void>;
  /** The reading rate, asked for each chunk; undefined: as fast as possible. */
  bytesPerSecond(): number | undefined;
  sleep(ms: number): Promise<void>;
  /** Receives each chunk, for a fault that needs the body again. */
  readonly keep?: ((chunk: Uint8Array) => void) | undefined;
  /** Called after the last byte and before the reader sees the end. */
  ended(): Promise<void>;
}

/** A request body with its faults applied. */
export async function* faultyBody(
  body: AsyncIterable<Uint8Array> | undefined,
  faults: BodyFaults,
): AsyncGenerator<Uint8Array> {
  let left = faults.applyAfter;
  for await (const chunk of body ?? []) {
    let rest = chunk;
    if (left !== undefined && (faults.flips ? chunk.length > left : chunk.length >= left)) {
      if (left > 0) yield* paced(chunk.subarray(0, left), faults);
      rest = chunk.subarray(left);
      left = undefined;
      await faults.apply();
      if (faults.flips) rest = flipFirst(rest);
    } else if (left !== undefined) left -= chunk.length;
    if (rest.length > 0) yield* paced(rest, faults);
  }
  // An empty body has no chunk, but "after 0 bytes" applies to it.
  if (left === 0 && !faults.flips) await faults.apply();
  await faults.ended();
}

/** A copy whose first byte differs in one bit. */
export function flipFirst(bytes: Uint8Array): Uint8Array {
  const copy = Uint8Array.from(bytes);
  copy[0] = (copy[0] ?? 0) ^ 1;
  return copy;
}

/** Yields ten pieces a second, so that a slow reader reads evenly. */
async function* paced(chunk: Uint8Array, faults: BodyFaults): AsyncGenerator<Uint8Array> {
  const rate = faults.bytesPerSecond();
  const size = rate === undefined ? chunk.length : Math.max(1, Math.floor(rate / 10));
  for (let at = 0; at < chunk.length; at += size) {
    const piece = chunk.subarray(at, at + size);
    if (rate !== undefined) await faults.sleep((piece.length * 1000) / rate);
    faults.keep?.(piece);
    yield piece;
  }
}
