/**
 * Manifests: JSON Lines of objects to store, and where their bytes are. Neither network nor Redis.
 *
 * @module
 */
export type { ManifestEntry } from "./entry.ts";
export { ManifestError, type ManifestErrorCode } from "./manifest-error.ts";
export type { ManifestInput } from "./manifest-lines.ts";
export { type ManifestLine, type ManifestOptions, readManifest } from "./read-manifest.ts";
