import type { CopyFlags } from "./copy-flags.ts";

/** Flags that mean nothing for a manifest: its entries say what is stored with each object, and the ledger what is resumed. */
export const NOT_OF_MANIFESTS = [
  "recursive",
  "include",
  "exclude",
  "excludeFrom",
  "filesFrom",
  "null",
  "followSymlinks",
  "skip",
  "resume",
  "stateDir",
  "sourceRegion",
  "compress",
  "cacheRule",
  "md5",
  "trafficLimit",
  "acl",
  "storageClass",
  "cacheControl",
  "contentDisposition",
  "contentEncoding",
  "contentLanguage",
  "expires",
  "meta",
  "forbidOverwrite",
] as const satisfies readonly (keyof CopyFlags)[];
