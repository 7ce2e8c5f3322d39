import { ArgumentTypeError, checkUpload } from "@cosup/node";
import type { SiteFlags } from "./site-flags.ts";

/**
 * Refuses flags that contradict each other.
 * @param contentEncoding that of `--content-encoding`
 * @throws {TypeError} {@link RangeError} one of them is wrong
 */
export function checkSiteFlags(
  { compress, cacheRule = [] }: SiteFlags,
  contentEncoding: string | undefined,
): void {
  if (compress !== undefined && contentEncoding !== undefined)
    throw new ArgumentTypeError("compress", "must not be given with --content-encoding, which it sets");
  for (const { value } of cacheRule) checkUpload({ CacheControl: value });
}
