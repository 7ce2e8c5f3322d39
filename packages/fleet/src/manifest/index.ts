/**
 * Manifests: JSON Lines of objects to store.
 *
 * @module
 */
export type { ManifestEntry } from "./entry.ts";
