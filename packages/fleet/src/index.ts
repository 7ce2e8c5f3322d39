/**
 * Uploads to Tencent Cloud COS from a manifest: on one machine with a ledger file (`@cosup/fleet/embedded`), or on many
 * with Redis and BullMQ.
 *
 * @module
 */
export type { ManifestEntry } from "./manifest/entry.ts";
export type * from "./transfer/types.ts";
