import type { WorkersCosClient } from "@cosup/workers";
import { type Env, largeObjectOf, required } from "./env.ts";
import { isFinal, isNotFound, reasonOf } from "./failures.ts";
import type { LargeObjectLedger, LargeResult, SentPart } from "./large-object-ledger.ts";
import { partBounds } from "./limits.ts";
import type { RangeMessage } from "./messages.ts";
import { readR2 } from "./r2-read.ts";

/** How a delivery of a part range ended. */
export type RangeEnd =
  /** The whole object is in COS, or will never be. */
  | LargeResult
  /** The range is done, the object is not. */
  | { readonly state: "sent" }
  /** Another delivery is sending the range. */
  | { readonly state: "busy"; readonly seconds: number };

type Ledger = DurableObjectStub<LargeObjectLedger>;

/**
 * Sends the parts of a range that COS has not acknowledged, one after the other, so that a crash makes one part be sent
 * again at most. The delivery that records the last part of the object completes it.
 */
export async function moveRange(
  env: Env,
  cos: WorkersCosClient,
  message: RangeMessage,
  delivery: string,
): Promise<RangeEnd> {
  const ledger = largeObjectOf(env, message);
  try {
    return await work(env, cos, message, delivery, ledger);
  } catch (error) {
    // An upload that COS does not know was aborted, by this Worker or by a lifecycle rule. No retry finds it again.
    if (isFinal(error)) {
      const lost = isNotFound(error) ? "COS does not know the upload any more: " : "";
      return ledger.fail(message.etag, lost + reasonOf(error));
    }
    await ledger.release(message, delivery);
    throw error;
  }
}

async function work(
  env: Env,
  cos: WorkersCosClient,
  message: RangeMessage,
  delivery: string,
  ledger: Ledger,
): Promise<RangeEnd> {
  let sent: SentPart | undefined;
  for (;;) {
    const next = await ledger.next(message, delivery, sent);
    sent = undefined;
    if (next.do === "report") return next.result;
    if (next.do === "complete") return ledger.complete(message.etag);
    if (next.do === "nothing") return { state: "sent" };
    if (next.do === "wait") return { state: "busy", seconds: next.seconds };
    if (next.do === "send") sent = await sendPart(env, cos, message, next);
    else {
      // The message came before the one that begins the upload, or after the isolate that began it was killed.
      const begun = await ledger.begin(message, message.round);
      if ("state" in begun) return begun;
    }
  }
}

/** Reads one part from R2 and sends it. COS's CRC64 of it is compared with that of the bytes read. */
export async function sendPart(
  env: Env,
  cos: WorkersCosClient,
  object: { key: string; targetKey: string; etag: string; size: number; partSize: number },
  { partNumber, uploadId }: { readonly partNumber: number; readonly uploadId: string },
): Promise<SentPart> {
  const bounds = partBounds(object, partNumber);
  const { bytes } = await readR2(required(env, "R2"), object, bounds);
  const { ETag, crc64 } = await cos.uploadPart({
    Bucket: required(env, "COS_BUCKET"),
    Key: object.targetKey,
    UploadId: uploadId,
    PartNumber: partNumber,
    Body: bytes,
  });
  if (crc64 === undefined) throw new Error("COS returned no CRC64 of the part");
  return { uploadId, partNumber, etag: ETag, crc64, size: bytes.length };
}
