import type { EmulatorResponse } from "../types.ts";

/** Faults on answers are for documents and small objects: they are held in memory. */
export async function bytesOf(answer: EmulatorResponse | undefined): Promise<Buffer> {
  const body = answer?.body;
  if (body === undefined || typeof body === "string") return Buffer.from(body ?? "");
  const chunks: Uint8Array[] = [];
  for await (const chunk of body) chunks.push(chunk);
  return Buffer.concat(chunks);
}

export async function textOf(answer: EmulatorResponse): Promise<string> {
  return (await bytesOf(answer)).toString("utf8");
}

export async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Gives up an answer that nobody will read: an object's body holds its files until it has been begun and ended. */
export async function discard(answer: EmulatorResponse): Promise<void> {
  if (typeof answer.body !== "object") return;
  for await (const _ of answer.body) break;
}
