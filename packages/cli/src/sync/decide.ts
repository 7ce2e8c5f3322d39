import { isSameStamp } from "./ledger-entry.ts";
import type { Pair } from "./merge.ts";

/** How `cosup sync` finds out whether a file and its object are the same. */
export type Compare = "ledger" | "crc64" | "size" | "exists";

/** What is to be done about a path. `compare`: HEAD and the CRC64 of the file decide. */
export type Decision = "transfer" | "compare" | "unchanged";

/**
 * Decides by what the folder, the list and the ledger show, without a request.
 * @param headers digest of the headers that an upload asks for
 * @param isCompressed whether the object may be stored compressed: then its size says nothing of the file
 */
export function decide(
  { local, remote, known }: Pair,
  compare: Compare,
  headers: string,
  isCompressed: boolean,
): Decision {
  if (local === undefined || remote === undefined) return "transfer";
  if (compare === "exists") return "unchanged";
  if (local.size !== remote.size && !isCompressed) return "transfer";
  if (compare === "size" && !isCompressed) return "unchanged";
  if (compare === "crc64" || known === undefined) return "compare";
  // Of what may be compressed, a comparison by size asks the ledger too.
  const isKnown =
    isSameStamp(local, known) &&
    remote.etag !== "" &&
    remote.etag === known.etag &&
    headers === known.headers;
  return isKnown ? "unchanged" : "compare";
}
