import { setTimeout as pause } from "node:timers/promises";
import { expect } from "vitest";
import { crc64Of } from "../fixtures/crc64.ts";
import { pattern, stored } from "./objects.ts";
import { type Cos, MiB, type R2, type Worker } from "./rig.ts";

export const SECRET = "a secret of the mover";

/** The fields of the status that the tests read. */
export interface MoveStatus {
  readonly state: string;
  readonly objects: number;
  readonly done: number;
  readonly failed: number;
  readonly failures: readonly { readonly key: string; readonly error: string }[];
  readonly unsure: number;
  readonly unsureUploads: readonly UnsureUpload[];
  readonly text: string;
}

/** An upload that a status reports, because it may be of another program. */
export interface UnsureUpload {
  readonly key: string;
  readonly uploadId: string | null;
  readonly hint: string;
}

export async function call<T>(
  worker: Worker,
  method: string,
  path: string,
  body?: object | string,
): Promise<{ status: number; body: T }> {
  const init = {
    method,
    headers: { authorization: `Bearer ${SECRET}` },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  };
  const send = (): Promise<Response> => worker.fetch(path, init);
  // On a slow machine, workerd closes an idle connection at the moment at which it is used again.
  const response = await send().catch((error: unknown) => {
    if (method !== "GET") throw error;
    return send();
  });
  return { status: response.status, body: (await response.json()) as T };
}

/** Waits until a move has ended. */
export async function ended(worker: Worker, id: string): Promise<MoveStatus> {
  for (;;) {
    const { body } = await call<MoveStatus>(worker, "GET", `moves/${id}`);
    if (body.state === "done" || body.state === "failed") return body;
    await pause(100);
  }
}

/** Puts objects of many sizes, empty ones too, and returns their bytes. */
export async function putMany(r2: R2, prefix: string, count: number): Promise<Map<string, Uint8Array[]>> {
  const objects = new Map<string, Uint8Array[]>();
  for (let index = 0; index < count; index += 1) {
    const key = `${prefix}${String(index).padStart(4, "0")} ü.bin`;
    const bytes = pattern((index * 7919) % 65_536, index + 1);
    objects.set(key, [bytes]);
    await r2.put(key, bytes);
  }
  return objects;
}

/** Puts many objects, and a large one with the key `<prefix>large`. */
export async function putManyAndLarge(
  r2: R2,
  prefix: string,
  count: number,
  largeMib: number,
): Promise<Map<string, Uint8Array[]>> {
  const objects = await putMany(r2, prefix, count);
  const blocks = Array.from({ length: largeMib / 16 }, (_, index) => pattern(16 * MiB, index + 1000));
  objects.set(`${prefix}large`, blocks);
  await putLarge(r2, `${prefix}large`, blocks);
  return objects;
}

/** Puts a large object in blocks. */
export async function putLarge(r2: R2, key: string, blocks: readonly Uint8Array[]): Promise<void> {
  const upload = await r2.createMultipartUpload(key);
  const parts = [];
  for (const [index, block] of blocks.entries()) parts.push(await upload.uploadPart(index + 1, block));
  await upload.complete(parts);
}

/** Each object is stored as it was, by its size and CRC64. */
export async function allRight(
  cos: Cos,
  objects: Map<string, readonly Uint8Array[]>,
  targetOf: (key: string) => string,
): Promise<void> {
  for (const [key, blocks] of objects) {
    const size = blocks.reduce((sum, block) => sum + block.length, 0);
    expect(await stored(cos, targetOf(key)), key).toEqual({ size, crc64: await crc64Of(blocks) });
  }
}

/** Begins a move of one large object, and replaces the object while its parts are sent. @returns the new blocks */
export async function replaceDuringMove(cos: Cos, worker: Worker, route: string): Promise<Uint8Array[]> {
  await putLarge(await worker.r2(), "replaced/large", [pattern(64 * MiB, 9)]);
  let goOn = (): void => {};
  const isReplaced = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  // Until then no part is stored: the move cannot end before.
  cos.interfere(async ({ operation }, next) => {
    if (operation === "UploadPart") await isReplaced;
    return next();
  });
  await call(worker, "POST", route, { id: "replaced", prefix: "replaced/" });
  while (cos.count("UploadPart") < 2) await pause(5);
  const blocks = [pattern(24 * MiB, 10)];
  await putLarge(await worker.r2(), "replaced/large", blocks);
  goOn();
  return blocks;
}

/** How often a request for each part was sent, by key and number. */
export function partsSent(cos: Cos): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { operation, key, partNumber } of cos.calls) {
    if (operation !== "UploadPart") continue;
    const name = `${key} ${partNumber}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** How many parts there were, and how many requests repeated one of them. */
export function partsAndRepeats(cos: Cos): { readonly parts: number; readonly again: number } {
  const counts = [...partsSent(cos).values()];
  return { parts: counts.length, again: counts.reduce((sum, count) => sum + count - 1, 0) };
}

/** Numbers in [0, 1) that a failing run can be repeated with. */
export function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
