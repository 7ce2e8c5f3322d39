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

/** The chunks of a body, of which byte `at` differs in one bit. */
export async function* flipped(body: AsyncIterable<Uint8Array>, at: number): AsyncGenerator<Uint8Array> {
  let left = at;
  for await (const chunk of body) {
    const isHere = left >= 0 && left < chunk.length;
    if (isHere) {
      const copy = Uint8Array.from(chunk);
      copy[left] = (copy[left] ?? 0) ^ 1;
      yield copy;
    } else yield chunk;
    left -= chunk.length;
  }
}

/**
 * Drops a response that nobody will read. The body of an object keeps its data files until it has been iterated, so
 * one chunk is read.
 */
export async function discard(response: EmulatorResponse): Promise<void> {
  if (typeof response.body !== "object") return;
  for await (const _ of response.body) break;
}
