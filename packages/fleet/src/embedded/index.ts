/**
 * A manifest on one machine, with a ledger file and without Redis.
 *
 * @module
 */
export type { ManifestEntry } from "../manifest/entry.ts";
