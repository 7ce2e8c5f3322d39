import { createHash } from "node:crypto";
import { type CopyFlags, uploadSettings } from "../commands/copy-flags.ts";
import type { Encoding } from "../site/compressible.ts";

/**
 * Digest of the headers that an upload asks for: with other ones, an equal file is compared again.
 * @param encodings in which the file may be stored
 */
export function headersDigest(flags: CopyFlags, encodings: readonly Encoding[]): string {
  const settings = uploadSettings(flags);
  const { ACL, StorageClass, CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, Expires } =
    settings;
  const described = [CacheControl, ContentDisposition, ContentEncoding, ContentLanguage, Expires];
  const metadata = Object.entries(settings.Metadata ?? {}).sort(([one], [other]) => (one < other ? -1 : 1));
  const asked = JSON.stringify([ACL, StorageClass, flags.contentType, ...described, metadata, ...encodings]);
  return createHash("sha256").update(asked).digest("hex").slice(0, 16);
}
