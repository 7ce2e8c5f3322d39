import { readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type RunObject, type RunOptions, type RunProgress, runManifest } from "@cosup/fleet/embedded";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { openUploads } from "../../src/transfer/index.ts";
import { serveFile } from "../support/file-server.ts";
import { partsAtOnce } from "../support/parts-at-once.ts";
import { BUCKET, bytesOf, crc64Of, MIB, openRig, type Rig } from "../support/rig.ts";

let rig: Rig;
let ledger: string;

beforeAll(async () => {
  rig = await openRig();
  ledger = join(rig.folder, "run.ledger");
});
beforeEach(async () => {
  await rig.emulator.reset();
  rig.middleware = undefined;
  rig.emulator.faults.remove("default");
  rmSync(ledger, { force: true });
});
afterAll(() => rig.close());

const run = (manifest: RunOptions["manifest"], options: Partial<RunOptions> = {}) => {
  const { cos, bucket, region } = rig.context;
  return runManifest({ cos, bucket, region, ledger, manifest, root: rig.folder, ...options });
};

const text = (...entries: readonly object[]): string =>
  entries.map((each) => JSON.stringify(each)).join("\n");

interface LedgerLine {
  readonly type: string;
  readonly key?: string;
  readonly crc64?: string;
}
const ledgerLines = (): LedgerLine[] =>
  readFileSync(ledger, "utf8")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as LedgerLine);

/** What the emulator was asked for since the last reset. */
const operations = (): string[] => rig.emulator.requests().map(({ operation }) => String(operation));

describe("runManifest()", () => {
  it("stores files, URLs and objects, small and large, and remembers the CRC64 of each", async () => {
    const [small, large] = [bytesOf("small", 5000), bytesOf("large", 20 * MIB + 7)];
    const server = await serveFile({ bytes: large, etag: '"one"' });
    rig.file("small.bin", small);
    rig.file("large.bin", large);
    await rig.cos.putObject({ Bucket: BUCKET, Key: "from", Body: small });
    const manifest = text(
      { source: "small.bin", key: "file/small" },
      { source: "large.bin", key: "file/large" },
      { source: server.url, key: "url/large", size: large.length },
      { source: `cos://${BUCKET}/from`, key: "copy/small" },
    );
    const objects: RunObject[] = [];
    const progress: RunProgress[] = [];
    const result = await run(manifest, {
      prefix: "to/",
      onObject: (object) => objects.push(object),
      onProgress: (each) => progress.push(each),
    });
    await server.close();
    const bytesSent = 2 * small.length + 2 * large.length;
    const counts = {
      sent: 4,
      unchanged: 0,
      resumed: 0,
      failed: 0,
      skippedLines: 0,
      bytesSent,
      bytesResumed: 0,
    };
    expect(result).toEqual({ ...counts, failures: [], unfinishedUploads: [], possibleOrphans: [] });
    expect(progress.at(-1)).toEqual(counts);
    const crc64 = { small: await crc64Of(small), large: await crc64Of(large) };
    const expected = ["file/small", "file/large", "url/large", "copy/small"].map((key) => ({
      key: `to/${key}`,
      crc64: key.endsWith("large") ? crc64.large : crc64.small,
      sent: true,
    }));
    objects.sort((one, other) => one.line - other.line);
    expect(objects).toMatchObject(expected);
    for (const { key, crc64: stored } of expected) {
      const object = await rig.cos.headObject({ Bucket: BUCKET, Key: key });
      expect(object.crc64, key).toBe(stored);
    }
    const done = ledgerLines().filter(({ type }) => type === "done");
    expect(done.map((line) => line.crc64).sort()).toEqual(expected.map((each) => each.crc64).sort());
    // A presigned URL is a secret.
    expect(objects[2]?.source).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/folder\/file\.bin$/);
    expect(readFileSync(ledger, "utf8")).not.toContain("5ec2e7");
  });

  it("sends nothing the second time, and only what was added", async () => {
    rig.file("a", bytesOf("a", 100));
    const lines = [
      { source: "a", key: "1" },
      { source: "a", key: "2" },
    ];
    await run(lines);
    const before = operations().length;
    expect(await run(lines)).toMatchObject({ sent: 0, resumed: 2, bytesSent: 0 });
    expect(operations().length).toBe(before);
    expect(await run([...lines, { source: "a", key: "3" }])).toMatchObject({ sent: 1, resumed: 2 });
  });

  it("compares with COS before it sends, where the ledger is lost or its lines have moved", async () => {
    rig.file("a", bytesOf("a", 100));
    const lines = [1, 2, 3].map((each) => ({ source: "a", key: `k${each}` }));
    await run(lines);
    expect(await run(lines.toReversed())).toMatchObject({ sent: 0, unchanged: 2, resumed: 1 });
    expect(rig.requests("PutObject")).toBe(3);
  });

  it("goes on after failures, says why, and tries only these again", async () => {
    rig.file("a", bytesOf("a", 100));
    rmSync(join(rig.folder, "late"), { force: true });
    const manifest = text({ source: "late", key: "1" }, { source: "a", key: "2" }, { source: "a", key: "3" });
    rig.middleware = (call, next) => {
      if (call.key === "3") throw new Error("refused by the test");
      return next();
    };
    const failed: string[] = [];
    const result = await run(manifest, {
      attempts: 1,
      onFailure: ({ key, code }) => failed.push(`${key} ${code}`),
    });
    expect(result).toMatchObject({ sent: 1, failed: 2, failures: expect.any(Array) });
    expect(failed.sort()).toEqual(["1 source-not-found", "3 service-unavailable"]);
    expect(result.failures.find(({ key }) => key === "1")).toMatchObject({ line: 1, permanent: true });
    rig.middleware = undefined;
    rig.file("late", bytesOf("late", 10));
    expect(await run(manifest)).toMatchObject({ sent: 2, resumed: 1, failed: 0 });
  });

  it("repeats an entry that fails for a while", async () => {
    rig.file("large", bytesOf("large", 17 * MIB));
    let refusals = 0;
    rig.middleware = (call, next) => {
      if (call.operation === "InitiateMultipartUpload" && refusals++ === 0)
        throw new Error("refused by the test");
      return next();
    };
    expect(await run(text({ source: "large", key: "k" }))).toMatchObject({ sent: 1, failed: 0 });
  });

  it("skips bad lines and counts them, or fails after what it has begun", async () => {
    rig.file("a", bytesOf("a", 100));
    const manifest = `${text({ source: "a", key: "1" })}\n{"source":\n${text({ source: "a", key: "2" })}`;
    const lines: number[] = [];
    const skip = {
      onBadLine: "skip",
      onSkipped: (error: { line: number }) => lines.push(error.line),
    } as const;
    await expect(run(manifest)).rejects.toMatchObject({ name: "ManifestError", line: 2 });
    expect(ledgerLines().filter(({ type }) => type === "done")).toHaveLength(1);
    expect(await run(manifest, skip)).toMatchObject({ sent: 1, resumed: 1, skippedLines: 1 });
    expect(lines).toEqual([2]);
  });

  it("begins again when a large file has changed since the run that was interrupted", async () => {
    const path = rig.file("large", bytesOf("one", 33 * MIB));
    const stop = new AbortController();
    let parts = 0;
    rig.middleware = (call, next) => {
      if (call.operation === "UploadPart" && ++parts === 3) stop.abort(new Error("enough"));
      return next();
    };
    const manifest = text({ source: "large", key: "k" });
    await expect(run(manifest, { signal: stop.signal, partSize: MIB })).rejects.toThrow(/^enough$/);
    rig.middleware = undefined;
    expect(await openUploads(rig.context, "k")).toHaveLength(1);
    const other = bytesOf("two", 33 * MIB);
    writeFileSync(path, other);
    utimesSync(path, 1000, 1000);
    expect(await run(manifest)).toMatchObject({ sent: 1 });
    expect(await openUploads(rig.context, "k")).toEqual([]);
    expect((await rig.cos.headObject({ Bucket: BUCKET, Key: "k" })).crc64).toBe(await crc64Of(other));
  });

  it("aborts the upload of a line that the manifest no longer has, and keeps that of a failed one", async () => {
    rig.file("large", bytesOf("one", 20 * MIB));
    rig.file("a", bytesOf("a", 10));
    rig.middleware = (call, next) => {
      if (call.operation === "CompleteMultipartUpload") throw new Error("refused by the test");
      return next();
    };
    const first = await run(text({ source: "large", key: "k" }), { attempts: 1 });
    const [open] = await openUploads(rig.context, "k");
    expect(first).toMatchObject({ failed: 1, unfinishedUploads: [{ key: "k", uploadId: open?.uploadId }] });
    rig.middleware = undefined;
    expect(await run(text({ source: "a", key: "a" }))).toMatchObject({ sent: 1, unfinishedUploads: [] });
    expect(await openUploads(rig.context, "k")).toEqual([]);
  }, 120_000);

  it("holds no more parts in memory than its budget", async () => {
    rig.file("large", bytesOf("one", 20 * MIB));
    const parts = partsAtOnce(4);
    rig.middleware = parts.middleware;
    const manifest = text({ source: "large", key: "1" }, { source: "large", key: "2" });
    const options = { partSize: MIB, concurrency: 16, memoryBudget: 4 * MIB };
    expect(await run(manifest, options)).toMatchObject({ sent: 2, failed: 0 });
    expect(parts.most).toBe(4);
  });

  it("leaves an upload of another program with the same bytes alone", async () => {
    const bytes = bytesOf("one", 20 * MIB);
    rig.file("large", bytes);
    const object = { Bucket: BUCKET, Key: "k" };
    const { UploadId } = await rig.cos.createMultipartUpload({ ...object, ContentType: "text/plain" });
    for (const [at, PartNumber] of [
      [0, 1],
      [8 * MIB, 2],
      [16 * MIB, 3],
    ] as const)
      await rig.cos.uploadPart({ ...object, UploadId, PartNumber, Body: bytes.subarray(at, at + 8 * MIB) });
    const result = await run(text({ source: "large", key: "k", contentType: "video/mp4" }));
    expect(result).toMatchObject({ sent: 1, possibleOrphans: [] });
    expect((await rig.cos.headObject(object)).ContentType).toBe("video/mp4");
    expect(await openUploads(rig.context, "k")).toMatchObject([{ uploadId: UploadId }]);
  });

  it("reports an upload whose beginning was not heard of", async () => {
    rig.file("large", bytesOf("one", 20 * MIB));
    const fault = { kind: "reset" } as const;
    rig.emulator.faults.install("default", [
      { op: "InitiateMultipartUpload", when: "after-commit-before-response", fault },
    ]);
    const result = await run(text({ source: "large", key: "k" }));
    rig.emulator.faults.expectAllFired("default");
    const orphans = (await openUploads(rig.context, "k")).map(({ uploadId }) => ({ key: "k", uploadId }));
    expect(orphans).toHaveLength(1);
    expect(result).toMatchObject({ sent: 1, possibleOrphans: orphans });
  });
});

describe("runManifest() refuses", () => {
  it.each([
    [{ objects: 0 }, /^objects: must be a whole number, 1 to 1000$/],
    [{ partSize: 2_000_000 }, /^partSize: must be a multiple of 1048576, 1048576 to 5368709120$/],
    [{ attempts: 1.5 }, /^attempts: /],
    [{ bucket: "" }, /^bucket: /],
    [{ ledger: 7 as unknown as string }, /^ledger: /],
    [{ cos: {} as RunOptions["cos"] }, /^cos: must be a client/],
    [{ concurency: 4 } as object, /^concurency: is unknown; there are cos,/],
  ])("%j", async (options, message) => {
    await expect(run("", options)).rejects.toThrow(message);
    expect(operations()).toEqual([]);
  });
});
