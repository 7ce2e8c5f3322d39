import type { Tag } from "../request/tagging.ts";

/** One rule of a bucket's lifecycle, with the actions that the emulator carries out. */
export interface LifecycleRule {
  readonly id: string;
  readonly enabled: boolean;
  readonly prefix: string;
  /** An object must have all of them. Uploads have no tags, so such a rule applies to none. */
  readonly tags: readonly Tag[];
  /** Ends uploads this many days after they were initiated. */
  readonly abortAfterDays?: number;
  readonly expiration?: { readonly days: number } | { readonly date: number };
}
