import { CosError } from "../errors.ts";
import type { ObjectDescription } from "../requests/object-description.ts";
import { compareFound, forbidsOverwrite, isOverwriteRefused } from "../upload/resolve-outcome.ts";

/** How a copy went; `doubt` is the failure after which its outcome is unknown. */
export interface Copied {
  readonly partsCopied: number;
  readonly doubt?: unknown;
}

/**
 * Requires that a copy whose response was lost is at the key, with every header that the call asked for.
 * @param headers what the copy was to be stored with
 */
export function requireCopied(
  copy: ObjectDescription,
  source: ObjectDescription,
  headers: Readonly<Record<string, string>>,
  doubt: unknown,
): void {
  const wanted = { size: source.ContentLength, crc64: BigInt(source.crc64 ?? 0), headers };
  const crc64 = copy.crc64 === undefined || source.crc64 === undefined ? undefined : BigInt(copy.crc64);
  const found = compareFound(
    { ...copy, etag: copy.ETag, size: copy.ContentLength, crc64, location: undefined },
    wanted,
  );
  if (found === "equal" && !forbidsOverwrite(headers)) return;
  if (isOverwriteRefused(doubt) && found === "other") throw doubt;
  throw copyUnknown(
    found === "equal" || found === "equal-so-far"
      ? "the equal object at the key may be another writer's"
      : "the object at the key is not the source",
    doubt,
  );
}

/** The error of a copy that may or may not have been made. */
export function copyUnknown(detail: string, cause: unknown): CosError {
  return new CosError(`the copy may have been made: ${detail}`, {
    code: "outcome-unknown",
    retryable: false,
    cause,
    hint: "HEAD the key: if its CRC64 is the source's, the copy succeeded; otherwise copy again",
  });
}
