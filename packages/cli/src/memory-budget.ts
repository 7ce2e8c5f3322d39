const MiB = 1024 * 1024;
/** The client's own budget on Node; below it there is nothing to ask for. */
const DEFAULT_BUDGET = 64 * MiB;
/** What the client accepts: WASM's 4 GiB without what the core itself needs. */
const MAX_BUDGET = 4 * 1024 * MiB - 16 * MiB;
const MAX_PARTS = 10_000;

/**
 * Bytes of part buffers for `concurrency` parts of the size that was asked for; undefined: the client's default.
 * @param largest bytes of the largest file, when it is known: no part is larger
 */
export function memoryBudgetFor(
  partSizeMb: number | undefined,
  concurrency: number,
  largest: number | undefined,
): number | undefined {
  if (partSizeMb === undefined) return undefined;
  let part = partSizeMb * MiB;
  if (largest !== undefined) {
    // Parts grow beyond what was asked for when there would be more than COS accepts.
    const grown = Math.max(part, Math.ceil(largest / MAX_PARTS / MiB) * MiB);
    // Whole MiB: buffers are aligned, and the last bytes of an odd size must not be missing.
    part = Math.min(grown, Math.ceil(Math.max(largest, 1) / MiB) * MiB);
  }
  const wanted = part * concurrency;
  // A part that does not fit is for the client to refuse: it knows why.
  if (wanted <= DEFAULT_BUDGET || part > MAX_BUDGET) return undefined;
  return Math.min(wanted, MAX_BUDGET);
}
