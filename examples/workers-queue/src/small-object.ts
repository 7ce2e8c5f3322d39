import type { WorkersCosClient } from "@cosup/workers";
import { type Env, required } from "./env.ts";
import type { Listed } from "./messages.ts";
import { readR2 } from "./r2-read.ts";

/**
 * Moves one object by one request.
 * @param before whether it may have been sent before. Then a HEAD compares size and CRC64 first, and equal bytes are
 * not sent again.
 * @returns the CRC64 that COS has of it
 * @throws {SourceReplaced} the R2 object is not the listed one
 */
export async function moveSmall(
  env: Env,
  cos: WorkersCosClient,
  object: Listed & { readonly targetKey: string },
  before: boolean,
): Promise<string> {
  const { bytes, storedAs } = await readR2(required(env, "R2"), object, [0, object.size]);
  const { crc64 } = await cos.uploadFile({
    Bucket: required(env, "COS_BUCKET"),
    Key: object.targetKey,
    Body: bytes,
    ...storedAs,
    skip: before ? "same" : "never",
  });
  return crc64;
}
