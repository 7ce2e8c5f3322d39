import type { EmulatorResponse } from "../types.ts";

/** The whole body, in memory: faults on responses are for documents and small objects. */
export async function bytesOf(response: EmulatorResponse | undefined): Promise<Buffer> {
  const body = response?.body;
  if (body === undefined || typeof body === "string") return Buffer.from(body ?? "");
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function textOf(response: EmulatorResponse): Promise<string> {
  return (await bytesOf(response)).toString("utf8");
}

export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/**
 * Drops a response that nobody will read. The body of an object keeps its data files until it has been iterated, so
 * one chunk is read.
 */
export async function discard(response: EmulatorResponse): Promise<void> {
  if (typeof response.body !== "object") return;
  for await (const _ of response.body) break;
}
