import { ServiceError, TransportError } from "../../src/errors.ts";
import type { BodyToRead } from "../../src/http/sending.ts";
import type { WireRequest, WireResponse } from "../../src/runtime/wire.ts";
import type { MemoryTarget } from "./memory-target.ts";
import type { VirtualClock } from "./virtual-clock.ts";
import { Broken, cosResponse, fakeWire, refusal, type Wire } from "./wire.ts";

/** A COS of one key that speaks HTTP: the target's requests as a client sends them. */
export function wireCos(clock: VirtualClock, target: MemoryTarget): Wire {
  return fakeWire(clock, (request) => async () => {
    try {
      return await respond(target, request);
    } catch (error) {
      if (error instanceof ServiceError) return refusal(error.status, error.cosCode);
      if (error instanceof TransportError) throw new Broken(error.failure);
      throw error;
    }
  });
}

async function respond(target: MemoryTarget, request: WireRequest): Promise<WireResponse> {
  const { signal } = request;
  const query = new URL(request.url).searchParams;
  const uploadId = query.get("uploadId") ?? "";
  const body = request.body ?? new Uint8Array(0);
  const md5 = request.headers["content-md5"];
  const md5Bytes = md5 === undefined ? undefined : new Uint8Array(Buffer.from(md5, "base64"));
  switch (`${request.method}${query.has("uploadId") ? " upload" : ""}`) {
    case "PUT":
      return described(await target.put(body, md5Bytes, signal));
    case "PUT upload":
      return described(
        await target.putPart(
          uploadId,
          Number(query.get("partNumber")),
          { body: toRead(request) ?? body, md5: md5Bytes },
          signal,
        ),
      );
    case "POST": {
      const id = await target.initiate(signal);
      return cosResponse(
        200,
        {},
        `<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`,
      );
    }
    case "POST upload": {
      const { etag, crc64 } = await target.complete(uploadId, partsOf(body), signal);
      const result = `<Location>http://here/key</Location><ETag>&quot;${etag}&quot;</ETag>`;
      const document = `\n <CompleteMultipartUploadResult>${result}</CompleteMultipartUploadResult>`;
      return cosResponse(200, crc64 === undefined ? {} : { "x-cos-hash-crc64ecma": String(crc64) }, document);
    }
    case "GET upload": {
      const parts: string[] = [];
      for await (const { partNumber, size, etag } of target.listParts(uploadId, signal))
        parts.push(
          `<Part><PartNumber>${partNumber}</PartNumber><ETag>&quot;${etag}&quot;</ETag><Size>${size}</Size></Part>`,
        );
      return cosResponse(
        200,
        {},
        `<ListPartsResult><IsTruncated>false</IsTruncated>${parts.join("")}</ListPartsResult>`,
      );
    }
    case "DELETE upload":
      await target.abort(uploadId, signal);
      return cosResponse(204);
    case "HEAD": {
      const found = await target.head(signal);
      return found === undefined
        ? cosResponse(404)
        : described(found, { "content-length": String(found.size) });
    }
    default:
      throw new Error(`${request.method} ${request.url} is not spoken here`);
  }
}

function described(
  { etag, crc64 }: { readonly etag: string; readonly crc64: bigint | undefined },
  more: Record<string, string> = {},
): WireResponse {
  const digest = crc64 === undefined ? {} : { "x-cos-hash-crc64ecma": String(crc64) };
  return cosResponse(200, { etag: `"${etag}"`, ...digest, ...more });
}

function partsOf(body: Uint8Array): { partNumber: number; etag: string }[] {
  const parts = new TextDecoder()
    .decode(body)
    .matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>&quot;(.+?)&quot;<\/ETag>/g);
  return [...parts].map(([, number = "", etag = ""]) => ({ partNumber: Number(number), etag }));
}

function toRead({ blocks }: WireRequest): BodyToRead | undefined {
  return blocks && { length: blocks.length, begin: () => blocks };
}
