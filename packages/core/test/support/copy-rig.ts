import type { WireRequest } from "../../src/runtime/wire.ts";
import type { CopyObjectParameters } from "../../src/transfers/copy-parameters.ts";
import type { UploadWarning } from "../../src/upload/options.ts";
import { Bucket, clientOf, Key } from "./client.ts";
import { VirtualClock } from "./virtual-clock.ts";
import { cosResponse, fakeWire, type Step } from "./wire.ts";

export const MB = 1024 * 1024;
const CopySource = { Bucket: "source-1250000000", Key: "from", Region: "ap-beijing" };

export type CopyOperation = "head source" | "copy" | "initiate" | "part" | "complete" | "abort" | "head copy";

function operationOf({ method, url }: WireRequest): CopyOperation {
  const { host, searchParams } = new URL(url);
  if (method === "HEAD") return host.startsWith("source-") ? "head source" : "head copy";
  if (method === "POST") return searchParams.has("uploads") ? "initiate" : "complete";
  if (method === "DELETE") return "abort";
  return searchParams.has("partNumber") ? "part" : "copy";
}

/** The headers of an object. */
export const object = (size: number, crc64 = "77"): Record<string, string> => ({
  etag: '"e1"',
  "content-length": String(size),
  "content-type": "text/plain",
  "x-cos-meta-name": "a",
  "x-cos-hash-crc64ecma": crc64,
});

/** A COS that copies; `faults` are the first responses of each operation. */
export function copyRig(size: number, faults: Partial<Record<CopyOperation, (Step | undefined)[]>> = {}) {
  const clock = new VirtualClock();
  const warnings: UploadWarning[] = [];
  const wire = fakeWire(clock, (request) => {
    const operation = operationOf(request);
    const fault = faults[operation]?.shift();
    if (fault !== undefined) return fault;
    switch (operation) {
      case "head source":
      case "head copy":
        return cosResponse(200, object(size));
      case "copy":
        return cosResponse(200, {}, "\n \n<CopyObjectResult><ETag>&quot;c&quot;</ETag></CopyObjectResult>");
      case "initiate":
        return cosResponse(
          200,
          {},
          "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>",
        );
      case "part":
        return cosResponse(200, {}, "<CopyPartResult><ETag>&quot;p&quot;</ETag></CopyPartResult>");
      case "complete":
        return cosResponse(
          200,
          {},
          "<CompleteMultipartUploadResult><ETag>&quot;c-3&quot;</ETag></CompleteMultipartUploadResult>",
        );
      case "abort":
        return cosResponse(204);
    }
  });
  const cos = clientOf(wire.runtime, clock);
  const copy = (more: Partial<CopyObjectParameters> = {}) =>
    clock.run(
      cos.copyObject({ Bucket, Key, CopySource, onWarning: (warning) => warnings.push(warning), ...more }),
    );
  const of = (operation: CopyOperation): WireRequest[] =>
    wire.sent.filter((request) => operationOf(request) === operation);
  return { clock, copy, of, wire, warnings };
}
