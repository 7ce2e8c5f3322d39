import type { Endpoint } from "../http/endpoint.ts";
import type { Pacer } from "../http/pacer.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { readerInBlocks } from "../upload/block-part-reader.ts";
import type { ReaderInBlocks } from "../upload/options.ts";
import { readerInThreads } from "../upload/thread-part-reader.ts";

/**
 * Whether a client reads parts while it sends them. Encrypting is what gains by it: a seventh of an upload's CPU. By HTTP, its
 * calls cost as much as they save. Threads of the runtime take the parts of files by HTTP too. At a limited rate, the pacer
 * decides when a block is sent.
 */
export function readerInBlocksFor(
  runtime: Runtime,
  endpoint: Endpoint,
  pacer: Pacer | undefined,
): ReaderInBlocks | undefined {
  if (pacer !== undefined) return undefined;
  const { url } = endpoint.address("examplebucket-1250000000", "", [], false);
  const inBlocks = runtime.sendsBlocks === true && url.startsWith("https:") ? readerInBlocks : undefined;
  return runtime.partsInThreads === undefined ? inBlocks : readerInThreads(runtime, inBlocks);
}
