import { partSizeFor } from "./part-size.ts";

const MiB = 1024 * 1024;
/** The default budget of the client on Node. A smaller budget need not be set. */
const DEFAULT_BUDGET = 64 * MiB;
/** The largest budget that the client accepts: the 4 GiB of WASM minus the memory of the core itself. */
const MAX_BUDGET = 4 * 1024 * MiB - 16 * MiB;
const MAX_PARTS = 10_000;

/**
 * Returns the bytes of part buffers that `concurrency` parts need; undefined selects the default of the client.
 * @param partSizeMb that of `--part-size`
 * @param largest bytes of the largest file, if known: no part is larger
 */
export function memoryBudgetFor(
  partSizeMb: number | undefined,
  concurrency: number,
  largest: number | undefined,
): number | undefined {
  const partMb = partSizeMb ?? partSizeFor(largest ?? Number.POSITIVE_INFINITY);
  if (partMb === undefined) return undefined;
  let part = partMb * MiB;
  if (largest !== undefined) {
    // The client enlarges the parts if there would be more than COS accepts.
    const grown = Math.max(part, Math.ceil(largest / MAX_PARTS / MiB) * MiB);
    // Rounded up to whole MiB, because buffers are aligned.
    part = Math.min(grown, Math.ceil(Math.max(largest, 1) / MiB) * MiB);
  }
  const wanted = part * concurrency;
  // The client rejects a part that does not fit, with a precise message.
  if (wanted <= DEFAULT_BUDGET || part > MAX_BUDGET) return undefined;
  return Math.min(wanted, MAX_BUDGET);
}
