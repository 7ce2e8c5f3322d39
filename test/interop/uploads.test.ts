import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type COS from "cos-nodejs-sdk-v5";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { MIB, PLACE, pattern, refusal, type Stage, setStage } from "./official-client.ts";

let stage: Stage;
let cos: COS;
/** Parts above this number are refused. */
let lastAcceptedPart = Number.POSITIVE_INFINITY;
/** Nothing else is on its way when a part is refused, so that it is known what the server has. */
const oneByOne = { ChunkParallelLimit: 1 };
const PARTS = 8;
const bytes = pattern((PARTS - 1) * MIB + 1000);
let FilePath: string;

beforeAll(async () => {
  stage = await setStage({
    middleware: [
      async (call, next) => {
        const refused = Number(call.query.get("partNumber") ?? 0) > lastAcceptedPart;
        // A permission taken away in the middle: not something that a client tries again.
        return refused ? { status: 403, headers: {} } : next();
      },
    ],
  });
  cos = stage.client();
  FilePath = join(stage.directory, "large.bin");
  await writeFile(FilePath, bytes);
});
afterAll(() => stage.stop());
beforeEach(() => {
  stage.log.length = 0;
  lastAcceptedPart = Number.POSITIVE_INFINITY;
});

const stored = async (Key: string): Promise<boolean> =>
  (await cos.getObject({ ...PLACE, Key })).Body.equals(bytes);
const acceptedParts = (): string[] =>
  stage.log.flatMap((line) => /^200 UploadPart .* partNumber=(\d+)/.exec(line)?.[1] ?? []).sort();
const everyPart = Array.from({ length: PARTS }, (_, index) => String(index + 1));

describe("the official SDK's uploads of files", () => {
  test("sliceUploadFile", async () => {
    const seen: number[] = [];
    const done: COS.SliceUploadFileResult = await cos.sliceUploadFile({
      ...PLACE,
      Key: "sliced",
      FilePath,
      ChunkSize: MIB,
      onProgress: ({ percent }) => seen.push(percent),
    });
    expect(done.ETag).toMatch(/-8"$/);
    expect(acceptedParts()).toEqual(everyPart);
    expect(seen.at(-1)).toBe(1);
    expect(await stored("sliced")).toBe(true);
  });

  test("sliceUploadFile resumes in another process: accepted parts are not sent again", async () => {
    const upload = { ...PLACE, Key: "resumed", FilePath, ChunkSize: MIB };
    lastAcceptedPart = 4;
    expect(await refusal(stage.strangeClient(oneByOne).sliceUploadFile(upload))).toMatchObject({
      statusCode: 403,
    });
    const before = acceptedParts();
    expect(before).toEqual(everyPart.slice(0, 4));

    lastAcceptedPart = Number.POSITIVE_INFINITY;
    await stage.strangeClient().sliceUploadFile(upload);
    // Each part number once, over both runs.
    expect(acceptedParts()).toEqual(everyPart);
    expect(stage.count(/InitiateMultipartUpload/)).toBe(1);
    expect(await stored("resumed")).toBe(true);
  });

  test("sliceUploadFile resumes without its memory, from the bucket's listing and the parts' MD5", async () => {
    const upload = { ...PLACE, Key: "forgotten", FilePath, ChunkSize: MIB };
    lastAcceptedPart = 3;
    await refusal(
      stage.strangeClient({ ...oneByOne, ConfCwd: join(stage.directory, "one") }).sliceUploadFile(upload),
    );
    lastAcceptedPart = Number.POSITIVE_INFINITY;
    await stage.strangeClient({ ConfCwd: join(stage.directory, "two") }).sliceUploadFile(upload);
    expect(stage.count(/^200 ListMultipartUploads/)).toBeGreaterThan(0);
    expect(stage.count(/^200 ListParts/)).toBeGreaterThan(0);
    expect(acceptedParts()).toEqual(everyPart);
    expect(await stored("forgotten")).toBe(true);
  });

  test("sliceUploadFile starts from the beginning when the parts are of another file", async () => {
    const upload = { ...PLACE, Key: "changed", ChunkSize: MIB };
    lastAcceptedPart = 3;
    const other = join(stage.directory, "other.bin");
    await writeFile(other, Buffer.alloc(bytes.length, 7));
    await refusal(stage.strangeClient(oneByOne).sliceUploadFile({ ...upload, FilePath: other }));
    lastAcceptedPart = Number.POSITIVE_INFINITY;
    await stage.strangeClient().sliceUploadFile({ ...upload, FilePath });
    expect(stage.count(/InitiateMultipartUpload/)).toBe(2);
    expect(await stored("changed")).toBe(true);
  });

  test("sliceUploadFile paused and restarted", async () => {
    let taskId = "";
    let paused = false;
    const careful = stage.client({ ...oneByOne, ProgressInterval: 0 });
    const uploading = careful.sliceUploadFile({
      ...PLACE,
      Key: "paused",
      FilePath,
      ChunkSize: MIB,
      onTaskReady: (id) => {
        taskId = id;
      },
      onProgress: ({ loaded }) => {
        if (paused || loaded < 2 * MIB || loaded === bytes.length) return;
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
    expect(stage.count(/InitiateMultipartUpload/)).toBe(1);
  });

  test("uploadFile: one PUT below the slice size, parts above", async () => {
    const small = join(stage.directory, "small.txt");
    await writeFile(small, "small");
    await cos.uploadFile({ ...PLACE, Key: "by-size/small.txt", FilePath: small, SliceSize: 2 * MIB });
    expect(stage.count(/^200 PutObject/)).toBe(1);
    await cos.uploadFile({ ...PLACE, Key: "by-size/large.bin", FilePath, SliceSize: 2 * MIB });
    expect(stage.count(/^200 CompleteMultipartUpload/)).toBe(1);
    expect(await stored("by-size/large.bin")).toBe(true);
    const head = await cos.headObject({ ...PLACE, Key: "by-size/small.txt" });
    expect(head.headers).toMatchObject({ "content-length": "5", "content-type": "text/plain" });
  });

  test("uploadFile of an empty file", async () => {
    const empty = join(stage.directory, "empty");
    await writeFile(empty, "");
    await cos.uploadFile({ ...PLACE, Key: "empty", FilePath: empty });
    expect((await cos.headObject({ ...PLACE, Key: "empty" })).headers?.["content-length"]).toBe("0");
  });

  test("uploadFiles", async () => {
    const files = [];
    for (let n = 0; n < 12; n++) {
      const path = join(stage.directory, `file-${n}`);
      await writeFile(path, n % 4 === 0 ? bytes : `content ${n}`);
      files.push({ ...PLACE, Key: `batch/${n}`, FilePath: path });
    }
    const finished: string[] = [];
    const done = await cos.uploadFiles({
      files,
      SliceSize: MIB,
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
