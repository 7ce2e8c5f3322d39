const MIB = 1024 * 1024;

/**
 * Bytes of the largest object that is stored by one request, whatever its source. A client sends up to 20 MB in one PUT; above,
 * it would begin a multipart upload that no ledger knows.
 */
const MOST_SMALL_BYTES = 16 * MIB;

/**
 * The border between small and large, in bytes: an object above it goes in parts that the ledger remembers.
 * @param partSize bytes of a part: nothing up to it is cut
 * @param memoryBudget that of the client, which sends a file above it in parts; default: enough
 */
export function smallUpTo(partSize: number, memoryBudget: number = MOST_SMALL_BYTES): number {
  return Math.min(partSize, memoryBudget, MOST_SMALL_BYTES);
}
