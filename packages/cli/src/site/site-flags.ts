import { InvalidArgumentError } from "commander";
import type { Encoding } from "./compressible.ts";

/** A rule of `--cache-rule`: the Cache-Control of what a pattern matches. */
export interface CacheRule {
  readonly pattern: string;
  readonly value: string;
}

/** The flags that decide by its path how a file is stored. */
export interface SiteFlags {
  readonly compress?: readonly Encoding[];
  readonly cacheRule?: readonly CacheRule[];
}

/** Parses `--compress`: gzip, br, or both in the order in which they are tried. */
export function encodings(value: string): readonly Encoding[] {
  const names = value.split(",").map((name) => name.trim());
  const known = names.filter((name) => name === "gzip" || name === "br");
  if (known.length !== names.length || new Set(names).size !== names.length)
    throw new InvalidArgumentError("It must be gzip, br, or both with a comma between them.");
  return known;
}

/** Collects `--cache-rule pattern=value`. */
export function collectCacheRule(
  value: string,
  before: readonly CacheRule[] | undefined,
): readonly CacheRule[] {
  const split = value.indexOf("=");
  if (split < 1 || split === value.length - 1)
    throw new InvalidArgumentError("It must be PATTERN=VALUE, for example '*.html=no-cache'.");
  return [...(before ?? []), { pattern: value.slice(0, split), value: value.slice(split + 1) }];
}
