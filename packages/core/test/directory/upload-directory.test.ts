import { describe, expect, test } from "vitest";
import { FolderProgress } from "../../src/directory/folder-progress.ts";
import type { FileResult, UploadDirectoryParameters } from "../../src/directory/parameters.ts";
import { uploadDirectory } from "../../src/directory/upload-directory.ts";
import type { WalkEntry } from "../../src/files/walk-entry.ts";
import { caught } from "../support/caught.ts";
import { Bucket, clientOf } from "../support/client.ts";
import { pattern } from "../support/random.ts";
import { TestFile } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { cosResponse, fakeWire, refusal, untilAborted } from "../support/wire.ts";

type Content = Readonly<Record<string, Uint8Array | "symlink" | "unreadable">>;

function rig(content: Content) {
  const clock = new VirtualClock();
  const stored = new Map<string, Readonly<Record<string, string>>>();
  const results: FileResult[] = [];
  const progress: [number, number | undefined][] = [];
  let underWay = 0;
  let mostUnderWay = 0;
  let behaviour: "store" | "hang" = "store";
  const wire = fakeWire(clock, (request) => async () => {
    if (behaviour === "hang") return untilAborted(request.signal);
    const key = decodeURIComponent(new URL(request.url).pathname.slice(1));
    if (key.includes("forbidden")) return refusal(403, "AccessDenied");
    underWay += 1;
    mostUnderWay = Math.max(mostUnderWay, underWay);
    await clock.sleep(20);
    underWay -= 1;
    stored.set(key, request.headers);
    return cosResponse(200, { etag: '"x-1"' });
  });
  const runtime = {
    ...wire.runtime,
    open: async (input: unknown) => {
      const { path } = input as { path: string };
      const bytes = content[path];
      return bytes instanceof Uint8Array ? new TestFile(bytes) : undefined;
    },
  };
  async function* walk(): AsyncGenerator<WalkEntry> {
    for (const [relativePath, bytes] of Object.entries(content)) {
      const entry = { relativePath, path: relativePath };
      if (bytes instanceof Uint8Array) yield { ...entry, kind: "file", size: bytes.length };
      else if (bytes === "symlink") yield { ...entry, kind: "skipped", size: 0, reason: "symlink" };
      else yield { ...entry, kind: "skipped", size: 0, reason: "unreadable", error: new Error("EACCES") };
    }
  }
  const upload = (
    more: Partial<UploadDirectoryParameters> = {},
    isWanted = (_path: string): boolean => true,
  ) =>
    clock.run(
      uploadDirectory(
        clientOf(runtime, clock, { maxAttempts: 1 }),
        {
          Bucket,
          LocalDirectoryPath: ".",
          onFile: (result) => results.push(result),
          onProgress: (consumed, total) => progress.push([consumed, total]),
          ...more,
        },
        walk(),
        isWanted,
      ),
    );
  return {
    clock,
    upload,
    stored,
    results,
    progress,
    wire,
    mostUnderWay: () => mostUnderWay,
    hang: () => {
      behaviour = "hang";
    },
  };
}

const files = (count: number): Content =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`d/${index}.txt`, pattern(100 + index)]));

describe("uploadDirectory()", () => {
  test("uploads every file below the prefix, with its own Content-Type", async () => {
    const { upload, stored } = rig({ "a.css": pattern(3), "b/c d.txt": pattern(5) });
    const result = await upload({
      Prefix: "logs/",
      ContentType: "text/plain",
      contentType: (path) => (path.endsWith(".css") ? "text/css" : undefined),
    });
    expect(result).toMatchObject({
      uploaded: 2,
      skipped: 0,
      failed: 0,
      bytes: 8,
      partsSent: 2,
      failures: [],
    });
    expect([...stored].map(([key, headers]) => [key, headers["content-type"]]).sort()).toEqual([
      ["logs/a.css", "text/css"],
      ["logs/b/c d.txt", "text/plain"],
    ]);
  });

  test("refuses an invalid prefix before any file is read", async () => {
    const { upload, wire, results } = rig(files(3));
    const error = await caught(upload({ Prefix: "/logs/" }));
    expect(error).toMatchObject({ name: "RangeError", parameter: "Prefix" });
    expect((error as Error).message).toContain("remove it");
    expect([wire.sent.length, results]).toEqual([0, []]);
  });

  test("continues when a file fails, and reports which one", async () => {
    const { upload, stored, progress } = rig({
      "1": pattern(5),
      forbidden: pattern(5),
      "a/..": pattern(5),
      "2": pattern(5),
    });
    const result = await upload();
    expect(result).toMatchObject({ uploaded: 2, failed: 2 });
    expect(result.failures.map(({ Key, error }) => [Key, (error as Error).name]).sort()).toEqual([
      ["a/..", "RangeError"],
      ["forbidden", "ServiceError"],
    ]);
    expect([...stored.keys()].sort()).toEqual(["1", "2"]);
    expect(progress.some(([consumed, total]) => consumed === total)).toBe(false);
  });

  test("counts a link as skipped and a directory that cannot be read as failed", async () => {
    const { upload, results } = rig({ link: "symlink", secret: "unreadable", file: pattern(1) });
    expect(await upload()).toMatchObject({ uploaded: 1, skipped: 1, failed: 1 });
    expect(results.map(({ relativePath, status, reason }) => [relativePath, status, reason]).sort()).toEqual([
      ["file", "uploaded", undefined],
      ["link", "skipped", "symlink"],
      ["secret", "failed", "unreadable"],
    ]);
  });

  test("leaves out files that the filters exclude", async () => {
    const { upload, stored, results } = rig(files(6));
    await upload({}, (path) => path.endsWith("3.txt"));
    expect([[...stored.keys()], results.length]).toEqual([["d/3.txt"], 1]);
  });

  test.each([1, 4])("has at most %i files under way", async (concurrency) => {
    const { upload, mostUnderWay } = rig(files(20));
    await upload({ concurrency });
    expect(mostUnderWay()).toBe(concurrency);
  });

  test("reports progress that never decreases and ends at the total", async () => {
    const { upload, progress } = rig(files(20));
    await upload();
    const consumed = progress.map(([bytes]) => bytes);
    expect(consumed).toEqual([...consumed].sort((a, b) => a - b));
    const total = Array.from({ length: 20 }, (_, index) => 100 + index).reduce((sum, size) => sum + size);
    expect(progress.at(-1)).toEqual([total, total]);
    expect(progress.filter(([bytes, whole]) => bytes === whole)).toHaveLength(1);
  });

  test("stops with the caller's reason, and nothing stays in flight", async () => {
    const { clock, upload, wire, hang } = rig(files(20));
    const controller = new AbortController();
    const reason = new Error("enough");
    hang();
    clock.timer(500, () => controller.abort(reason));
    expect(await caught(upload({ signal: controller.signal, concurrency: 3 }))).toBe(reason);
    expect([wire.open(), wire.sent.length]).toEqual([0, 3]);
  });

  test("of an empty directory succeeds without an upload", async () => {
    const { upload, progress } = rig({});
    expect(await upload()).toMatchObject({ uploaded: 0, failed: 0 });
    expect(progress).toEqual([[0, 0]]);
  });
});

test("FolderProgress counts a file that grew since the walk with its actual size", () => {
  const told: [number, number | undefined][] = [];
  const progress = new FolderProgress(
    (consumed, total) => told.push([consumed, total]),
    () => 0,
  );
  const acknowledged = (bytes: number) => ({
    acknowledged: bytes,
    resumed: 0,
    inFlight: 0,
    bytesPerSecond: undefined,
  });
  const grown = progress.file("grown", 10);
  const other = progress.file("other", 100);
  progress.walked();
  grown.update(acknowledged(5));
  grown.update(acknowledged(30));
  other.update(acknowledged(50));
  progress.finish();
  expect(told).toEqual([
    [5, 110],
    [30, 130],
    [80, 130],
    [80, 80],
  ]);
});
