import { cosSourceOf } from "../manifest/check-source.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import { probeObjectWithHeaders } from "../sources/cos-source.ts";
import { sourceChanged } from "../sources/source-errors.ts";
import { isDescriptive } from "./stored-headers.ts";
import type { SourceFacts, TransferContext } from "./types.ts";

/**
 * The entry with the headers that its object is to have. COS itself takes those of the source when it copies an object by one request
 * that names none. A copy in parts is a new object, so that it needs them as its own.
 * @param facts what the source was when it was looked at
 * @returns the entry itself, if it asks for headers, or if its source is no object of COS
 * @throws {TransferError} `source-changed`
 */
export async function withSourceHeaders(
  context: TransferContext,
  entry: ManifestEntry,
  facts: SourceFacts,
): Promise<ManifestEntry> {
  const object = cosSourceOf(entry.source);
  if (object === undefined || entry.contentType !== undefined || entry.headers !== undefined) return entry;
  const source = await probeObjectWithHeaders(context, object);
  if (source.facts.fingerprint !== facts.fingerprint) throw sourceChanged(entry.source);
  const headers = Object.fromEntries(Object.entries(source.headers).filter(([name]) => isDescriptive(name)));
  return { ...entry, contentType: source.headers["content-type"], headers };
}
