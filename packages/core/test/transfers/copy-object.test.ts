import { describe, expect, test } from "vitest";
import { CosError, IntegrityError, ServiceError, TransportError } from "../../src/errors.ts";
import type { WireRequest } from "../../src/runtime/wire.ts";
import type { CopyObjectParameters } from "../../src/transfers/copy-parameters.ts";
import type { UploadWarning } from "../../src/upload/options.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { Broken, cosResponse, errorDocument, fakeWire, refusal, type Step } from "../support/wire.ts";

const MB = 1024 * 1024;
const CopySource = { Bucket: "source-1250000000", Key: "from", Region: "ap-beijing" };

type Operation = "head source" | "copy" | "initiate" | "part" | "complete" | "abort" | "head copy";

function operationOf({ method, url }: WireRequest): Operation {
  const { host, searchParams } = new URL(url);
  if (method === "HEAD") return host.startsWith("source-") ? "head source" : "head copy";
  if (method === "POST") return searchParams.has("uploads") ? "initiate" : "complete";
  if (method === "DELETE") return "abort";
  return searchParams.has("partNumber") ? "part" : "copy";
}

const object = (size: number, crc64 = "77"): Record<string, string> => ({
  etag: '"e1"',
  "content-length": String(size),
  "content-type": "text/plain",
  "x-cos-meta-name": "a",
  "x-cos-hash-crc64ecma": crc64,
});

/** A COS that copies; `faults` are the first responses of each operation. */
function rig(size: number, faults: Partial<Record<Operation, (Step | undefined)[]>> = {}) {
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
  const of = (operation: Operation): WireRequest[] =>
    wire.sent.filter((request) => operationOf(request) === operation);
  return { clock, copy, of, wire, warnings };
}

describe("copyObject() of one part", () => {
  test("copies in one request, pinned by ETag, and verifies the copy", async () => {
    const { copy, of } = rig(5);
    expect(await copy()).toMatchObject({ size: 5, crc64: "77", partsCopied: 1 });
    expect(of("copy")[0]?.headers).toMatchObject({
      "x-cos-copy-source": "source-1250000000.cos.ap-beijing.myqcloud.com/from",
      "x-cos-copy-source-if-match": '"e1"',
      "x-cos-metadata-directive": "Copy",
    });
  });

  test("looks at the source in its own region", async () => {
    const { copy, of } = rig(5);
    await copy();
    expect(new URL(of("head source")[0]?.url ?? "").host).toBe(
      "source-1250000000.cos.ap-beijing.myqcloud.com",
    );
  });

  test("keeps the caller's own condition", async () => {
    const { copy, of } = rig(5);
    await copy({ CopySourceIfMatch: '"mine"' });
    expect(of("copy")[0]?.headers["x-cos-copy-source-if-match"]).toBe('"mine"');
  });

  test("replaces the metadata only when some is given", async () => {
    const { copy, of } = rig(5);
    await copy({ ContentType: "text/css" });
    await copy({ StorageClass: "ARCHIVE" });
    expect(of("copy").map(({ headers }) => headers["x-cos-metadata-directive"])).toEqual([
      "Replaced",
      "Copy",
    ]);
    expect(of("copy")[1]?.headers["x-cos-storage-class"]).toBe("ARCHIVE");
  });

  test("onto itself takes the metadata along", async () => {
    const { copy, of } = rig(5);
    await copy({ CopySource: { Bucket, Key, Region: "ap-guangzhou" }, StorageClass: "ARCHIVE" });
    expect(of("copy")[0]?.headers).toMatchObject({
      "x-cos-metadata-directive": "Replaced",
      "content-type": "text/plain",
      "x-cos-meta-name": "a",
    });
  });

  test.each([
    ["a 200 that holds SlowDown", () => cosResponse(200, {}, errorDocument("SlowDown"))],
    ["a 200 that holds InternalError", () => cosResponse(200, {}, errorDocument("InternalError"))],
    ["a 200 that holds nothing", () => cosResponse(200)],
    ["a reset", () => new Broken("reset")],
  ])("is repeated after %s", async (_, step) => {
    const { copy, of } = rig(5, { copy: [step()] });
    await copy();
    expect(of("copy")).toHaveLength(2);
  });

  test("does not know whose the equal object is when its response was lost and ForbidOverwrite then refuses it", async () => {
    const { copy, of } = rig(5, { copy: [new Broken("reset"), refusal(409, "FileAlreadyExists")] });
    expect(await caughtAs(copy({ ForbidOverwrite: true }), CosError)).toMatchObject({
      code: "outcome-unknown",
    });
    expect(of("copy")).toHaveLength(2);
  });

  test.each<[string, (Step | undefined)[], Step | undefined]>([
    ["at once", [], undefined],
    ["after it was throttled", [refusal(503, "SlowDown")], undefined],
    ["after a lost response, for another object", [new Broken("reset")], cosResponse(200, object(5, "78"))],
  ])("is refused under ForbidOverwrite %s", async (_, before, found) => {
    const { copy } = rig(5, { copy: [...before, refusal(409, "FileAlreadyExists")], "head copy": [found] });
    const error = await caughtAs(copy({ ForbidOverwrite: true }), ServiceError);
    expect(error).toMatchObject({ cosCode: "FileAlreadyExists" });
  });

  test("is not repeated after a final error in a 200", async () => {
    const { copy, of } = rig(5, { copy: [cosResponse(200, {}, errorDocument("AccessDenied"))] });
    await caughtAs(copy(), ServiceError);
    expect(of("copy")).toHaveLength(1);
  });

  test.each([
    ["another size", object(6)],
    ["another CRC64", object(5, "78")],
  ])("is an IntegrityError when the copy has %s", async (_, headers) => {
    const { copy } = rig(5, { "head copy": [cosResponse(200, headers)] });
    await caughtAs(copy(), IntegrityError);
  });
});

describe("copyObject() in parts", () => {
  const parameters = { PartSize: 1, MAXThread: 2 };

  test("covers the source exactly, every part pinned by the same ETag", async () => {
    const { copy, of } = rig(2.5 * MB);
    const seen: number[] = [];
    // One at a time: of two, whichever is signed first is sent first.
    const onProgress = (done: number): void => void seen.push(done);
    expect(await copy({ ...parameters, MAXThread: 1, onProgress })).toMatchObject({ partsCopied: 3 });
    expect(of("part").map(({ headers }) => headers["x-cos-copy-source-range"])).toEqual([
      "bytes=0-1048575",
      "bytes=1048576-2097151",
      "bytes=2097152-2621439",
    ]);
    expect(new Set(of("part").map(({ headers }) => headers["x-cos-copy-source-if-match"]))).toEqual(
      new Set(['"e1"']),
    );
    expect(seen).toEqual([MB, 2 * MB, 2.5 * MB]);
  });

  test("takes the source's metadata along, unless some is given", async () => {
    const { copy, of } = rig(2 * MB);
    await copy(parameters);
    await copy({ ...parameters, ContentType: "text/css" });
    const [kept, replaced] = of("initiate");
    expect(kept?.headers).toMatchObject({ "content-type": "text/plain", "x-cos-meta-name": "a" });
    expect(replaced?.headers).toMatchObject({ "content-type": "text/css" });
    expect(replaced?.headers).not.toHaveProperty("x-cos-meta-name");
  });

  test("carries the customer's keys of both objects to the requests that need them", async () => {
    const { copy, of } = rig(2 * MB);
    const key = { "x-cos-server-side-encryption-customer-key-MD5": "new" };
    const sourceKey = { "X-Cos-Copy-Source-Server-Side-Encryption-Customer-Key-MD5": "old" };
    await copy({ ...parameters, headers: { ...key, ...sourceKey, "x-cos-meta-a": "b" } });
    const keysOf = (operation: Operation) =>
      of(operation).map(({ headers }) => [
        headers["x-cos-server-side-encryption-customer-key-md5"],
        headers["x-cos-copy-source-server-side-encryption-customer-key-md5"],
      ]);
    expect(keysOf("head source")).toEqual([["old", undefined]]);
    expect(keysOf("initiate")).toEqual([["new", undefined]]);
    expect(keysOf("part")).toEqual([
      ["new", "old"],
      ["new", "old"],
    ]);
    expect(keysOf("complete")).toEqual([[undefined, undefined]]);
    expect(keysOf("head copy")).toEqual([["new", undefined]]);
    expect(of("part")[0]?.headers).not.toHaveProperty("x-cos-meta-a");
  });

  test("repeats a part whose 200 holds SlowDown", async () => {
    const { copy, of, warnings } = rig(2 * MB, { part: [cosResponse(200, {}, errorDocument("SlowDown"))] });
    await copy(parameters);
    expect([of("part").length, of("abort").length, warnings.length]).toEqual([3, 0, 0]);
  });

  test("mixes no versions: a source that changed aborts the copy", async () => {
    const { copy, of } = rig(3 * MB, { part: [undefined, refusal(412, "PreconditionFailed")] });
    expect(await caughtAs(copy(parameters), ServiceError)).toMatchObject({ code: "precondition-failed" });
    expect([of("complete").length, of("abort").length]).toEqual([0, 1]);
  });

  test("warns of an orphan when the abort fails too", async () => {
    const { copy, warnings } = rig(2 * MB, {
      part: [refusal(403, "AccessDenied"), refusal(403, "AccessDenied")],
      abort: [refusal(403, "AccessDenied")],
    });
    await caughtAs(copy(parameters), ServiceError);
    expect(warnings).toMatchObject([{ code: "orphan-upload", uploadId: "u1" }]);
  });

  test("waits ten seconds for an abort that has no response, and not longer", async () => {
    const { clock, copy, of, wire, warnings } = rig(2 * MB, {
      part: [refusal(403, "AccessDenied"), refusal(403, "AccessDenied")],
      abort: Array.from({ length: 20 }, () => "hang" as const),
    });
    const start = clock.now();
    await caughtAs(copy(parameters), ServiceError);
    expect([clock.now() - start, of("abort").length, wire.open(), clock.pending]).toEqual([10_000, 1, 0, 0]);
    expect(warnings).toEqual([
      {
        code: "orphan-upload",
        message:
          "upload u1 could not be aborted (abortMultipartUpload: no response within 10 s); abort it later",
        uploadId: "u1",
      },
    ]);
  });

  test("succeeds by HEAD when the response to Complete is lost and the upload is gone", async () => {
    const { copy, warnings } = rig(2 * MB, {
      complete: [new Broken("timeout")],
      abort: [refusal(404, "NoSuchUpload")],
    });
    expect(await copy(parameters)).toMatchObject({ partsCopied: 2 });
    expect(warnings).toEqual([]);
  });

  test("reports the lost response when the upload could still be aborted", async () => {
    const { copy, of } = rig(2 * MB, { complete: [new Broken("timeout")] });
    await caughtAs(copy(parameters), TransportError);
    expect(of("head copy")).toHaveLength(0);
  });

  test("reports a refusal as such, also when the upload is gone", async () => {
    const { copy } = rig(2 * MB, {
      complete: [refusal(409, "FileAlreadyExists")],
      abort: [refusal(404, "NoSuchUpload")],
    });
    expect(await caughtAs(copy(parameters), ServiceError)).toMatchObject({ cosCode: "FileAlreadyExists" });
  });

  test("does not know the outcome when the upload is gone and the object is another", async () => {
    const { copy } = rig(2 * MB, {
      complete: [new Broken("timeout")],
      abort: [refusal(404, "NoSuchUpload")],
      "head copy": [cosResponse(200, object(2 * MB, "1"))],
    });
    expect(await caughtAs(copy(parameters), CosError)).toMatchObject({ code: "outcome-unknown" });
  });

  test("aborts the upload when the caller aborts", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const hang: Step = (request) => {
      controller.abort(reason);
      return new Promise((_, reject) => reject(request.signal.reason));
    };
    const { copy, of } = rig(3 * MB, { part: [hang] });
    expect(await caught(copy({ ...parameters, signal: controller.signal }))).toBe(reason);
    expect(of("abort")).toHaveLength(1);
  });
});
