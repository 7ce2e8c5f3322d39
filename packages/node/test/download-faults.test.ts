import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { IntegrityError, ServiceError, type UploadWarning } from "@cosup/node";
import { describe, expect, it } from "vitest";
import { crc64Of } from "../../../test/fixtures/crc64.ts";
import { caught } from "./caught.ts";
import {
  atGet,
  type DownloadCase,
  expectUntouched,
  firstByte,
  MiB,
  SIZE,
  useDownloads,
} from "./download-rig.ts";

const rig = useDownloads();
/** More than the head of a response. */
const HALF = "after-500000-bytes-of-response";

/** A case whose path has an old file, which must stay until the new one is complete. */
async function withOldFile(): Promise<DownloadCase> {
  const one = await rig.case();
  await writeFile(one.path, "old");
  return one;
}

describe("a connection that breaks", () => {
  it.each(["reset", "fin"] as const)("by %s within a range goes on behind the last byte", async (fault) => {
    const { download, faults, fired, bytes, ranges, holds } = await rig.case();
    faults([atGet(2, fault, { when: HALF })]);
    await download({ MAXThread: 1 });
    expect(await holds(bytes)).toBe(true);
    expect(fired()).toEqual([1]);
    const starts = ranges.map(firstByte);
    expect(starts).toHaveLength(5);
    // Not from its beginning: some of the first half megabyte had arrived.
    expect(starts[2]).toBeGreaterThan(MiB);
    expect(starts[2]).toBeLessThan(MiB + 500_000);
  });

  it("in every request goes on as long as bytes come", async () => {
    const { download, faults, bytes, holds } = await rig.case(undefined, { maxAttempts: 2 });
    faults([{ op: "GetObject", when: "after-100000-bytes-of-response", fault: "fin", times: "forever" }]);
    await download({ PartSize: 2, MAXThread: 3 });
    expect(await holds(bytes)).toBe(true);
  });

  it("before the first byte, each time, fails and leaves the path as it was", async () => {
    const one = await rig.case(undefined, { maxAttempts: 2 });
    await writeFile(one.path, "old");
    one.faults([atGet(3, "reset", { when: "before-accept", times: "forever" })]);
    expect(await caught(one.download({ MAXThread: 1 }))).toMatchObject({ code: "connection-reset" });
    await expectUntouched(one);
  });
});

describe("wrong bytes", () => {
  it("are an IntegrityError, and nothing of them is left", async () => {
    const one = await withOldFile();
    one.faults([atGet(2, { kind: "flip-response", at: 4711 }, { when: "after-commit-before-response" })]);
    const error = await caught(one.resumable());
    expect(error).toBeInstanceOf(IntegrityError);
    expect(error).toMatchObject({ code: "integrity", retryable: true, expected: await crc64Of([one.bytes]) });
    await expectUntouched(one);
    expect(await readdir(join(one.folder, "state"))).toEqual([]);
  });

  it("of an object without CRC64 cannot be noticed, which is a warning", async () => {
    const { download, faults, bytes } = await rig.case();
    const warnings: UploadWarning[] = [];
    faults([
      {
        op: "GetObject",
        when: "after-commit-before-response",
        fault: { kind: "crc64", value: "missing" },
        times: "forever",
      },
    ]);
    const result = await download({ onWarning: (warning) => warnings.push(warning) });
    expect(result).toMatchObject({ verified: false, crc64: await crc64Of([bytes]) });
    expect(warnings.map(({ code }) => code)).toEqual(["unverified"]);
  });

  it("of a range that is not the one asked for are refused", async () => {
    const one = await withOldFile();
    one.faults([atGet(2, { kind: "content-length", delta: -7 }, { when: "after-commit-before-response" })]);
    const done = await one.download({ MAXThread: 1 });
    expect(done.size).toBe(SIZE);
    expect(await one.holds(one.bytes)).toBe(true);
  });
});

describe("an object that is replaced meanwhile", () => {
  it("fails, and nothing half new and half old is left", async () => {
    const one = await withOldFile();
    one.faults([atGet(3, "foreign-object")]);
    const error = await caught(one.resumable({ MAXThread: 1 }));
    expect(error).toBeInstanceOf(ServiceError);
    expect(error).toMatchObject({
      code: "precondition-failed",
      message: expect.stringContaining("replaced"),
    });
    await expectUntouched(one);
    expect(await readdir(join(one.folder, "state"))).toEqual([]);
  });

  it("in a bucket whose proxy ignores If-Match fails all the same", async () => {
    const one = await rig.case(undefined, { maxAttempts: 2 });
    await writeFile(one.path, "old");
    one.faults([
      atGet(3, { kind: "etag", value: "wrong" }, { when: "after-commit-before-response", times: "forever" }),
    ]);
    expect(await caught(one.download({ MAXThread: 1 }))).toMatchObject({ code: "precondition-failed" });
    await expectUntouched(one);
  });
});

describe("conditions of the caller", () => {
  it.each([
    [{ IfMatch: '"other"' }, 412],
    [{ IfModifiedSince: "Fri, 01 Jan 2100 00:00:00 GMT" }, 304],
  ])("%j fails with %d, and the path stays", async (conditions, status) => {
    const one = await withOldFile();
    expect(await caught(one.download(conditions))).toMatchObject({ code: "precondition-failed", status });
    await expectUntouched(one);
  });

  it("that hold, hold for every range", async () => {
    const { download, bytes, holds } = await rig.case();
    await download({ IfUnmodifiedSince: "Fri, 01 Jan 2100 00:00:00 GMT", IfNoneMatch: '"other"' });
    expect(await holds(bytes)).toBe(true);
  });
});

it("an exception of onProgress fails the download and reaches the caller", async () => {
  const one = await withOldFile();
  const thrown = new Error("of the caller");
  const onProgress = (): void => {
    throw thrown;
  };
  expect(await caught(one.download({ onProgress }))).toBe(thrown);
  await expectUntouched(one);
});
