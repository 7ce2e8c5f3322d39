import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type COS from "cos-nodejs-sdk-v5";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { MiB, openRig, PLACE, pattern, type Rig, refusal } from "./official-client.ts";

let rig: Rig;
let cos: COS;
/** Parts above this number are refused. */
let lastAcceptedPart = Number.POSITIVE_INFINITY;
/** No other part is under way when one is refused, so the stored parts are known. */
const oneByOne = { ChunkParallelLimit: 1 };
const PARTS = 8;
const bytes = pattern((PARTS - 1) * MiB + 1000);
let FilePath: string;

beforeAll(async () => {
  rig = await openRig({
    middleware: [
      async (call, next) => {
        const refused = Number(call.query.get("partNumber") ?? 0) > lastAcceptedPart;
        // A permission is removed during the upload, which the SDK does not retry.
        return refused ? { status: 403, headers: {} } : next();
      },
    ],
  });
  cos = rig.client();
  FilePath = join(rig.directory, "large.bin");
  await writeFile(FilePath, bytes);
});
afterAll(() => rig.stop());
beforeEach(() => {
  rig.log.length = 0;
  lastAcceptedPart = Number.POSITIVE_INFINITY;
});

const stored = async (Key: string): Promise<boolean> =>
  (await cos.getObject({ ...PLACE, Key })).Body.equals(bytes);
const acceptedParts = (): string[] =>
  rig.log.flatMap((line) => /^200 UploadPart .* partNumber=(\d+)/.exec(line)?.[1] ?? []).sort();
const everyPart = Array.from({ length: PARTS }, (_, index) => String(index + 1));

describe("the official SDK's uploads of files", () => {
  test("sliceUploadFile", async () => {
    const seen: number[] = [];
    const done: COS.SliceUploadFileResult = await cos.sliceUploadFile({
      ...PLACE,
      Key: "sliced",
      FilePath,
      ChunkSize: MiB,
      onProgress: ({ percent }) => seen.push(percent),
    });
    expect(done.ETag).toMatch(/-8"$/);
    expect(acceptedParts()).toEqual(everyPart);
    expect(seen.at(-1)).toBe(1);
    expect(await stored("sliced")).toBe(true);
  });

  test("sliceUploadFile resumes in another process: accepted parts are not sent again", async () => {
    const upload = { ...PLACE, Key: "resumed", FilePath, ChunkSize: MiB };
    lastAcceptedPart = 4;
    expect(await refusal(rig.strangeClient(oneByOne).sliceUploadFile(upload))).toMatchObject({
      statusCode: 403,
    });
    const before = acceptedParts();
    expect(before).toEqual(everyPart.slice(0, 4));

    lastAcceptedPart = Number.POSITIVE_INFINITY;
    await rig.strangeClient().sliceUploadFile(upload);
    // Each part number once, over both runs.
    expect(acceptedParts()).toEqual(everyPart);
    expect(rig.count(/InitiateMultipartUpload/)).toBe(1);
    expect(await stored("resumed")).toBe(true);
  });

  test("sliceUploadFile resumes without its memory, from the bucket's listing and the parts' MD5", async () => {
    const upload = { ...PLACE, Key: "forgotten", FilePath, ChunkSize: MiB };
    lastAcceptedPart = 3;
    await refusal(
      rig.strangeClient({ ...oneByOne, ConfCwd: join(rig.directory, "one") }).sliceUploadFile(upload),
    );
    lastAcceptedPart = Number.POSITIVE_INFINITY;
    await rig.strangeClient({ ConfCwd: join(rig.directory, "two") }).sliceUploadFile(upload);
    expect(rig.count(/^200 ListMultipartUploads/)).toBeGreaterThan(0);
    expect(rig.count(/^200 ListParts/)).toBeGreaterThan(0);
    expect(acceptedParts()).toEqual(everyPart);
    expect(await stored("forgotten")).toBe(true);
  });

  test("sliceUploadFile starts from the beginning when the parts are of another file", async () => {
    const upload = { ...PLACE, Key: "changed", ChunkSize: MiB };
    lastAcceptedPart = 3;
    const other = join(rig.directory, "other.bin");
    await writeFile(other, Buffer.alloc(bytes.length, 7));
    await refusal(rig.strangeClient(oneByOne).sliceUploadFile({ ...upload, FilePath: other }));
    lastAcceptedPart = Number.POSITIVE_INFINITY;
    await rig.strangeClient().sliceUploadFile({ ...upload, FilePath });
    expect(rig.count(/InitiateMultipartUpload/)).toBe(2);
    expect(await stored("changed")).toBe(true);
  });

  test("sliceUploadFile paused and restarted", async () => {
    let taskId = "";
    let paused = false;
    const careful = rig.client({ ...oneByOne, ProgressInterval: 0 });
    const uploading = careful.sliceUploadFile({
      ...PLACE,
      Key: "paused",
      FilePath,
      ChunkSize: MiB,
      onTaskReady: (id) => {
        taskId = id;
      },
      onProgress: ({ loaded }) => {
        if (paused || loaded < 2 * MiB || loaded === bytes.length) return;
        paused = true;
        careful.pauseTask(taskId);
        setTimeout(() => careful.restartTask(taskId), 50);
      },
    });
    await uploading;
    expect(paused).toBe(true);
    expect(await stored("paused")).toBe(true);
    expect([...new Set(acceptedParts())]).toEqual(everyPart);
    // Only a part that was on its way can have been sent twice.
    expect(acceptedParts().length).toBeLessThanOrEqual(PARTS + 1);
    expect(rig.count(/InitiateMultipartUpload/)).toBe(1);
  });

  test("uploadFile: one PUT below the slice size, parts above", async () => {
    const small = join(rig.directory, "small.txt");
    await writeFile(small, "small");
    await cos.uploadFile({ ...PLACE, Key: "by-size/small.txt", FilePath: small, SliceSize: 2 * MiB });
    expect(rig.count(/^200 PutObject/)).toBe(1);
    await cos.uploadFile({ ...PLACE, Key: "by-size/large.bin", FilePath, SliceSize: 2 * MiB });
    expect(rig.count(/^200 CompleteMultipartUpload/)).toBe(1);
    expect(await stored("by-size/large.bin")).toBe(true);
    const head = await cos.headObject({ ...PLACE, Key: "by-size/small.txt" });
    expect(head.headers).toMatchObject({ "content-length": "5", "content-type": "text/plain" });
  });

  test("uploadFile of an empty file", async () => {
    const empty = join(rig.directory, "empty");
    await writeFile(empty, "");
    await cos.uploadFile({ ...PLACE, Key: "empty", FilePath: empty });
    expect((await cos.headObject({ ...PLACE, Key: "empty" })).headers?.["content-length"]).toBe("0");
  });

  test("uploadFiles", async () => {
    const files = [];
    for (let n = 0; n < 12; n++) {
      const path = join(rig.directory, `file-${n}`);
      await writeFile(path, n % 4 === 0 ? bytes : `content ${n}`);
      files.push({ ...PLACE, Key: `batch/${n}`, FilePath: path });
    }
    const finished: string[] = [];
    const done = await cos.uploadFiles({
      files,
      SliceSize: MiB,
      onFileFinish: (error, _, options) => finished.push(error ? "failed" : (options.Key ?? "")),
    });
    expect(done.files.map((file) => file.error)).toEqual(files.map(() => null));
    expect(finished.sort()).toEqual(files.map((file) => file.Key).sort());
    const listed = await cos.getBucket({ ...PLACE, Prefix: "batch/" });
    expect(listed.Contents).toHaveLength(12);
    expect(await stored("batch/8")).toBe(true);
    expect((await cos.getObject({ ...PLACE, Key: "batch/7" })).Body.toString()).toBe("content 7");
  });
});
