import { cosSourceOf, isHttpSource } from "../manifest/check-source.ts";
import type { ManifestEntry } from "../manifest/entry.ts";
import { probeObject } from "../sources/cos-source.ts";
import { openFile, probeFile } from "../sources/file-source.ts";
import { openUrl, probeUrl } from "../sources/http-source.ts";
import type { RangeSource } from "../sources/range-source.ts";
import { requireSize, sourceChanged } from "../sources/source-errors.ts";
import type { SourceFacts, TransferContext } from "./types.ts";

/**
 * Finds out the size and the version of a source, without reading it. A URL costs one request, an object one HEAD.
 * @throws {TransferError} `source-not-found`, `source-size`, and others of the source
 */
export async function probeSource(context: TransferContext, entry: ManifestEntry): Promise<SourceFacts> {
  const { source, size } = entry;
  context.signal.throwIfAborted();
  const facts = await probe(context, source);
  requireSize(source, size, facts.size);
  return facts;
}

async function probe(context: TransferContext, source: string): Promise<SourceFacts> {
  const object = cosSourceOf(source);
  if (object !== undefined) return probeObject(context, object);
  if (isHttpSource(source)) return probeUrl(source, context.signal);
  return probeFile(source);
}

/**
 * Opens a source whose bytes pass through this process.
 * @throws {TransferError} `source-changed`: it is not what `facts` say
 */
export async function openSource({ source }: ManifestEntry, facts: SourceFacts): Promise<RangeSource> {
  if (isHttpSource(source)) return openUrl(source, facts);
  const file = await openFile(source);
  if (file.facts.fingerprint === facts.fingerprint) return file;
  await file.close();
  throw sourceChanged(source);
}
