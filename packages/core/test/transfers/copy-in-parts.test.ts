import { describe, expect, test } from "vitest";
import { CosError, ServiceError, TransportError } from "../../src/errors.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { type CopyOperation, copyRig, MB, object } from "../support/copy-rig.ts";
import { Broken, cosResponse, errorDocument, refusal, type Step } from "../support/wire.ts";

describe("copyObject() in parts", () => {
  const parameters = { PartSize: 1, MAXThread: 2 };

  test("covers the source exactly, every part pinned by the same ETag", async () => {
    const { copy, of } = copyRig(2.5 * MB);
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

  test("keeps the source's metadata, unless some is given", async () => {
    const { copy, of } = copyRig(2 * MB);
    await copy(parameters);
    await copy({ ...parameters, ContentType: "text/css" });
    const [kept, replaced] = of("initiate");
    expect(kept?.headers).toMatchObject({ "content-type": "text/plain", "x-cos-meta-name": "a" });
    expect(replaced?.headers).toMatchObject({ "content-type": "text/css" });
    expect(replaced?.headers).not.toHaveProperty("x-cos-meta-name");
  });

  test("sends the customer keys of both objects with the requests that need them", async () => {
    const { copy, of } = copyRig(2 * MB);
    const key = { "x-cos-server-side-encryption-customer-key-MD5": "new" };
    const sourceKey = { "X-Cos-Copy-Source-Server-Side-Encryption-Customer-Key-MD5": "old" };
    await copy({ ...parameters, headers: { ...key, ...sourceKey, "x-cos-meta-a": "b" } });
    const keysOf = (operation: CopyOperation) =>
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

  test("retries a part whose 200 contains SlowDown", async () => {
    const { copy, of, warnings } = copyRig(2 * MB, {
      part: [cosResponse(200, {}, errorDocument("SlowDown"))],
    });
    await copy(parameters);
    expect([of("part").length, of("abort").length, warnings.length]).toEqual([3, 0, 0]);
  });

  test("aborts the copy when the source changes", async () => {
    const { copy, of } = copyRig(3 * MB, { part: [undefined, refusal(412, "PreconditionFailed")] });
    expect(await caughtAs(copy(parameters), ServiceError)).toMatchObject({ code: "precondition-failed" });
    expect([of("complete").length, of("abort").length]).toEqual([0, 1]);
  });

  test("warns of an orphan when the abort fails too", async () => {
    const { copy, warnings } = copyRig(2 * MB, {
      part: [refusal(403, "AccessDenied"), refusal(403, "AccessDenied")],
      abort: [refusal(403, "AccessDenied")],
    });
    await caughtAs(copy(parameters), ServiceError);
    expect(warnings).toMatchObject([{ code: "orphan-upload", uploadId: "u1" }]);
  });

  test("waits at most ten seconds for an abort without a response", async () => {
    const { clock, copy, of, wire, warnings } = copyRig(2 * MB, {
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
    const { copy, warnings } = copyRig(2 * MB, {
      complete: [new Broken("timeout")],
      abort: [refusal(404, "NoSuchUpload")],
    });
    expect(await copy(parameters)).toMatchObject({ partsCopied: 2 });
    expect(warnings).toEqual([]);
  });

  test("reports the lost response when the upload could still be aborted", async () => {
    const { copy, of } = copyRig(2 * MB, { complete: [new Broken("timeout")] });
    await caughtAs(copy(parameters), TransportError);
    expect(of("head copy")).toHaveLength(0);
  });

  test("rejects with the refusal, also when the upload is gone", async () => {
    const { copy } = copyRig(2 * MB, {
      complete: [refusal(409, "FileAlreadyExists")],
      abort: [refusal(404, "NoSuchUpload")],
    });
    expect(await caughtAs(copy(parameters), ServiceError)).toMatchObject({ cosCode: "FileAlreadyExists" });
  });

  test("is outcome-unknown when the upload is gone and the object is another", async () => {
    const { copy } = copyRig(2 * MB, {
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
    const { copy, of } = copyRig(3 * MB, { part: [hang] });
    expect(await caught(copy({ ...parameters, signal: controller.signal }))).toBe(reason);
    expect(of("abort")).toHaveLength(1);
  });
});
