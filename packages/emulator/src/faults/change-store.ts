import { assemble } from "../operations/complete-multipart-upload.ts";
import { PRIVATE } from "../request/acl.ts";
import { MAX_BODY_BYTES } from "../request/receive.ts";
import { type Ingested, ingest } from "../store/ingest.ts";
import type { Extent } from "../store/records.ts";
import type { Call } from "../types.ts";
import type { Fault } from "./instruction.ts";
import { flipFirst } from "./request-body.ts";

/**
 * Changes what is stored, as another client or a failing disk would. Returns false if there was nothing to change,
 * undefined if the fault does not change the store.
 */
export async function changeStore(fault: Fault, call: Call): Promise<boolean | undefined> {
  switch (fault.kind) {
    case "end-upload":
      return endUpload(call, fault.by);
    case "drop-part":
      return call.bucket.uploads.removePart(uploadIdOf(call), Number(call.query.get("partNumber")));
    case "foreign-part":
      return replacePart(call, fault.part ?? Number(call.query.get("partNumber") ?? 1));
    case "foreign-object":
      return replaceObject(call);
    case "flip-stored":
      return call.query.get("partNumber") === undefined ? flipObject(call) : flipPart(call);
    default:
      return undefined;
  }
}

function uploadIdOf(call: Call): string {
  return call.query.get("uploadId") ?? "";
}

async function endUpload(call: Call, by: "abort" | "complete"): Promise<boolean> {
  const { bucket } = call;
  const uploadId = uploadIdOf(call);
  const upload = bucket.uploads.get(uploadId);
  if (!upload || by === "abort") return bucket.abort(uploadId);
  const parts = [...upload.parts.values()].sort((a, b) => a.partNumber - b.partNumber);
  await bucket.complete(
    uploadId,
    () => assemble(upload, parts, call.now),
    () => {},
  );
  return true;
}

/** Stores other bytes of the same length, with their own ETag and CRC64. */
async function replacePart(call: Call, partNumber: number): Promise<boolean> {
  const { uploads } = call.bucket;
  const part = uploads.get(uploadIdOf(call))?.parts.get(partNumber);
  if (!part || part.size === 0) return false;
  return withBytes(call, foreignBytes(part.size), ({ extent, md5, crc64 }) =>
    uploads.putPart(uploadIdOf(call), {
      ...part,
      extent,
      crc64,
      etag: md5.toString("hex"),
      lastModified: call.now,
    }),
  );
}

async function replaceObject(call: Call): Promise<boolean> {
  const { objects } = call.bucket;
  const size = objects.get(call.key)?.size ?? 11;
  return withBytes(call, foreignBytes(size), ({ extent, md5, crc64 }) =>
    objects.change(call.key, () => ({
      key: call.key,
      headers: {},
      storageClass: "STANDARD",
      acl: PRIVATE,
      tags: [],
      size,
      etag: md5.toString("hex"),
      crc64,
      lastModified: call.now,
      type: "normal",
      extents: extent.size > 0 ? [extent] : [],
    })),
  );
}

/** Changes a byte of a part that was acknowledged. The ETag stays; the CRC64 is that of the changed bytes. */
async function flipPart(call: Call): Promise<boolean> {
  const { uploads } = call.bucket;
  const part = uploads.get(uploadIdOf(call))?.parts.get(Number(call.query.get("partNumber")));
  if (!part || part.size === 0) return false;
  return withBytes(call, flipped(call, [part.extent], part.size), ({ extent, crc64 }) =>
    uploads.putPart(uploadIdOf(call), { ...part, extent, crc64 }),
  );
}

async function flipObject(call: Call): Promise<boolean> {
  const record = call.bucket.objects.get(call.key);
  if (!record || record.size === 0) return false;
  return withBytes(call, flipped(call, record.extents, record.size), ({ extent, crc64 }) =>
    call.bucket.objects.amend(call.key, record.versionId, () => ({ ...record, extents: [extent], crc64 })),
  );
}

async function* flipped(call: Call, extents: readonly Extent[], size: number): AsyncGenerator<Uint8Array> {
  let first = true;
  for await (const chunk of await call.store.files.read(extents, 0, size)) {
    yield first ? flipFirst(chunk) : chunk;
    first = false;
  }
}

async function* foreignBytes(size: number): AsyncGenerator<Uint8Array> {
  const block = Buffer.from("foreign bytes. ".repeat(4096));
  for (let left = size; left > 0; left -= block.length) yield block.subarray(0, Math.min(left, block.length));
}

async function withBytes(
  call: Call,
  bytes: AsyncIterable<Uint8Array>,
  use: (stored: Ingested) => Promise<unknown>,
): Promise<boolean> {
  const stored = await ingest(call.store.files, bytes, MAX_BODY_BYTES);
  try {
    return (await use(stored)) !== false;
  } finally {
    await call.store.files.release([stored.extent]);
  }
}
