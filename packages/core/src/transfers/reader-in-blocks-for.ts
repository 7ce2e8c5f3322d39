import { Endpoint } from "../http/endpoint.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { readerInBlocks } from "../upload/block-part-reader.ts";
import type { ReaderInBlocks } from "../upload/options.ts";

/** Of the client's options, what decides. */
interface Given {
  readonly Endpoint?: string | undefined;
  readonly Region?: string | undefined;
  readonly Scheme?: string | undefined;
  readonly bandwidthLimit?: number | string | undefined;
}

/**
 * Whether a client reads parts while it sends them. Encrypting is what gains by it: a seventh of an upload's CPU. By HTTP, its
 * calls cost as much as they save. At a limited rate, the pacer decides when a block is sent.
 */
export function readerInBlocksFor(
  runtime: Runtime,
  { Endpoint: template, Region, Scheme = "https", bandwidthLimit }: Given,
): ReaderInBlocks | undefined {
  if (runtime.sendsBlocks !== true || bandwidthLimit !== undefined) return undefined;
  const { url } = new Endpoint(template, Region, Scheme).address("examplebucket-1250000000", "", [], false);
  return url.startsWith("https:") ? readerInBlocks : undefined;
}
