import type { DigestCore } from "../digest/digest-core.ts";
import { ArgumentRangeError } from "../errors.ts";
import { mergeCallerHeaders } from "../params/object-headers.ts";
import { headersOf } from "../params/table.ts";
import { cosResultOf } from "../requests/cos-result.ts";
import { decimal, unquote } from "../requests/response-checksums.ts";
import {
  UPLOAD_PART,
  type UploadedPart,
  type UploadPartParameters,
  type UploadPartResult,
  uploadPartBytes,
} from "../requests/upload-part.ts";
import type { Body } from "../upload/body.ts";
import { requireContentMd5 } from "../upload/content-md5.ts";
import { openBody } from "../upload/open-body.ts";
import { PartReader } from "../upload/part-reader.ts";
import type { StoredResponse } from "../upload/target.ts";
import { isUnchanged, sourceChanged } from "../upload/unchanged.ts";
import { sendVerified } from "../upload/verify.ts";
import { type BodyParameters, contentLengthOf, sourceIdleMsOf } from "./body-parameters.ts";
import type { ClientContext } from "./context.ts";

const LIMIT = { TrafficLimit: UPLOAD_PART.parameters.TrafficLimit };

/** The parameters of {@link CosClient.uploadPart}. */
export interface UploadPartBodyParameters extends UploadPartParameters, BodyParameters {
  /** At least 1 MB unless it is the last part, at most 5 GB; a stream of unknown length at most the client's memoryBudget. */
  readonly Body: Body;
  /** Any other request header by its own name. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Upload Part, verified by CRC64. COS document 436/7750. */
export async function uploadPart(
  context: ClientContext,
  parameters: UploadPartBodyParameters,
): Promise<UploadPartResult> {
  const length = contentLengthOf(parameters);
  const source = await openBody(context.runtime, parameters.Body, "Body", length, context.readAhead);
  try {
    const shared = await context.digestCoreFor(0);
    const budget = shared.arena.capacity;
    const bytes = source.size ?? budget;
    // Refuses a part that memory has no room for, before anything is read.
    if (!source.inMemory) await context.digestCoreFor(source.size ?? 0);
    const plan =
      source.size === undefined ? undefined : { size: bytes, partSize: Math.max(bytes, 1), partCount: 1 };
    const { clock, digestCoreFor } = context;
    const reader = new PartReader(
      { source, core: shared, partSize: Math.max(bytes, 1), plan },
      {
        clock,
        digestCoreFor,
        sourceIdleMs: sourceIdleMsOf(parameters),
      },
    );
    const signal = parameters.signal ?? new AbortController().signal;
    const part = await reader.next(signal);
    if (part === undefined) throw new ArgumentRangeError("Body", "gave nothing to upload");
    try {
      if (source.size === undefined && part.bytes.length === budget) {
        throw new ArgumentRangeError(
          "Body",
          `a stream of unknown length must be shorter than ${budget} bytes`,
        );
      }
      // An immutable source fails to be read instead, and asking it may be a request.
      const crc64 = async (): Promise<bigint> => (await part.core.digest(part.bytes)).crc64;
      const read = { start: 0, end: part.bytes.length, crc64 };
      if (source.immutable !== true && !(await isUnchanged(source, read, shared, signal)))
        throw sourceChanged();
      return await sendVerifiedPart(context, parameters, part.core, part.bytes);
    } finally {
      part.release();
    }
  } finally {
    // Neither the result nor the failure changes because the source cannot be closed.
    await source.close().catch(() => {});
  }
}

/** Sends a part that is in memory, until COS's CRC64 of it is the local one. */
async function sendVerifiedPart(
  context: ClientContext,
  parameters: UploadPartBodyParameters,
  core: DigestCore,
  bytes: Uint8Array,
): Promise<UploadPartResult> {
  const { ContentMD5, EnableMD5, PartNumber } = parameters;
  const digest = await core.digest(bytes, EnableMD5 === true || ContentMD5 !== undefined);
  const { md5 } = digest;
  requireContentMd5(ContentMD5, md5);
  const headers = mergeCallerHeaders(headersOf(LIMIT, parameters), parameters.headers);
  let part: UploadedPart | undefined;
  const send = async (): Promise<StoredResponse> => {
    part = await uploadPartBytes(context, parameters, { body: bytes, md5, headers });
    return { etag: unquote(part.ETag), crc64: part.crc64 };
  };
  await sendVerified(core, bytes, digest, Number(PartNumber), send, (mismatch) => {
    const { Bucket, Key } = parameters;
    context.observer.repeats(mismatch, 0, { operation: "uploadPart", method: "PUT", Bucket, Key });
  });
  if (part === undefined) throw new Error("unreachable: sendVerified resolves only after a send");
  return { ETag: part.ETag, crc64: decimal(part.crc64), ...cosResultOf(part.response) };
}
