import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CHROMIUM_HOOK_MS, hasChromium } from "../fixtures/chromium.ts";
import { type BrowserRig, openBrowserRig } from "./browser-rig.ts";
import { MiB, PLACE } from "./official-client.ts";

describe.skipIf(!hasChromium)("the official SDK for browsers uploads", () => {
  let rig: BrowserRig;
  beforeAll(async () => {
    rig = await openBrowserRig({ cors: true });
  }, CHROMIUM_HOOK_MS);
  afterAll(() => rig.stop());

  test("putObject: a string, a Blob, a File, an empty folder", async () => {
    const result = await rig.page.evaluate(async (place) => {
      const file = fileOf(300_000);
      const progress: number[] = [];
      const put = await cos.putObject({ ...place, Key: "text.txt", Body: "text 文本" });
      await cos.putObject({ ...place, Key: "blob", Body: new Blob(["blob"]) });
      await cos.putObject({
        ...place,
        Key: "file",
        Body: file,
        onProgress: ({ loaded }) => progress.push(loaded),
      });
      await cos.putObject({ ...place, Key: "folder/", Body: "" });
      const read = async (Key: string) => {
        const { Body } = await cos.getObject({ ...place, Key, DataType: "blob" });
        return Body as unknown as Blob;
      };
      return {
        put,
        text: await (await read("text.txt")).text(),
        blob: await (await read("blob")).text(),
        same: (await sha256(await read("file"))) === (await sha256(file)),
        loaded: progress.at(-1),
        folder: (await read("folder/")).size,
      };
    }, PLACE);
    expect(result).toMatchObject({ text: "text 文本", blob: "blob", same: true, loaded: 300_000, folder: 0 });
    expect(result.put.statusCode).toBe(200);
    expect(result.put.ETag).toMatch(/^"[0-9a-f]{32}"$/);
    expect(result.put.RequestId).toBeTruthy();
    expect(result.put.Location).toBe(`${PLACE.Bucket}.cos.${PLACE.Region}.myqcloud.com/text.txt`);
    expect(result.put.headers).toMatchObject({ "x-cos-hash-crc64ecma": expect.stringMatching(/^\d+$/) });
  });

  test("putObject: headers and metadata, which headObject shows", async () => {
    const head = await rig.page.evaluate(async (place) => {
      await cos.putObject({
        ...place,
        Key: "described",
        Body: "x",
        CacheControl: "max-age=60",
        ContentDisposition: "attachment",
        ContentType: "text/x-test",
        StorageClass: "STANDARD_IA",
        ACL: "private",
        Headers: { "x-cos-tagging": "a=1&b=2", "x-cos-traffic-limit": "838860800" },
        ...{ "x-cos-meta-name": "value" },
      });
      return cos.headObject({ ...place, Key: "described" });
    }, PLACE);
    expect(head.headers).toMatchObject({
      "cache-control": "max-age=60",
      "content-disposition": "attachment",
      "content-type": "text/x-test",
      "x-cos-storage-class": "STANDARD_IA",
      "x-cos-meta-name": "value",
      "x-cos-tagging-count": "2",
    });
    expect(head.ETag).toMatch(/^"[0-9a-f]{32}"$/);
  });

  test("putObject: a refusal is readable, with its code and request id", async () => {
    const error = await rig.page.evaluate(
      (place) =>
        cos.putObject({ ...place, Key: "refused", Body: "x", ACL: "everybody" as "private" }).then(
          () => undefined,
          ({ statusCode, code, RequestId }) => ({ statusCode, code, RequestId }),
        ),
      PLACE,
    );
    expect(error).toMatchObject({ statusCode: 400, code: "InvalidArgument", RequestId: expect.any(String) });
  });

  test("sliceUploadFile: parts, progress, and the hash of the whole", async () => {
    const result = await rig.page.evaluate(async (place) => {
      const file = fileOf(3 * 1024 * 1024 + 17);
      const hashes: number[] = [];
      const done = await cos.sliceUploadFile({
        ...place,
        Key: "sliced",
        Body: file,
        onHashProgress: ({ percent }) => hashes.push(percent),
      });
      const { Body } = await cos.getObject({ ...place, Key: "sliced", DataType: "blob" });
      return { done, same: (await sha256(Body as unknown as Blob)) === (await sha256(file)) };
    }, PLACE);
    expect(result.same).toBe(true);
    expect(result.done.ETag).toMatch(/^"[0-9a-f]{32}-4"$/);
    expect(rig.count(/^200 UploadPart .*sliced/)).toBe(4);
  });

  test("uploadFile: whole below SliceSize, in parts above, with the MD5 as metadata", async () => {
    const heads = await rig.page.evaluate(async (place) => {
      const upload = (Key: string, size: number) =>
        cos.uploadFile({ ...place, Key, Body: fileOf(size), SliceSize: 1024 * 1024, UploadAddMetaMd5: true });
      await upload("upload/small.txt", 1000);
      await upload("upload/large.mp4", 2 * 1024 * 1024);
      const head = async (Key: string) => (await cos.headObject({ ...place, Key })).headers;
      return [await head("upload/small.txt"), await head("upload/large.mp4")];
    }, PLACE);
    for (const headers of heads) expect(headers?.["x-cos-meta-md5"]).toMatch(/^[0-9a-f]{32}$/);
    expect(rig.count(/^200 PutObject .*upload\/small\.txt/)).toBe(1);
    expect(rig.count(/^200 UploadPart .*upload\/large\.mp4/)).toBe(2);
  });

  test("uploadFiles: several at once, with one result for each", async () => {
    const { files } = await rig.page.evaluate(async (place) => {
      const item = (Key: string, size: number) => ({ ...place, Key, Body: fileOf(size) });
      return cos.uploadFiles({
        files: [item("many/a", 10), item("many/b", 20), item("many/c", 2 * 1024 * 1024)],
        SliceSize: 1024 * 1024,
      });
    }, PLACE);
    expect(files.map(({ error, data }) => [error ?? null, data.statusCode])).toEqual([
      [null, 200],
      [null, 200],
      [null, 200],
    ]);
  });

  test("appendObject: at the end of what is there, and nowhere else", async () => {
    const result = await rig.page.evaluate(async (place) => {
      const append = (Body: string, Position: number) =>
        cos.appendObject({ ...place, Key: "log", Body, Position });
      const first = await append("hello", 0);
      await append(" world", 5);
      const code = await append("!", 5).then(
        () => "accepted",
        (error: { code: string }) => error.code,
      );
      const { Body } = await cos.getObject({ ...place, Key: "log" });
      return { next: first.headers?.["x-cos-next-append-position"], code, Body: String(Body) };
    }, PLACE);
    expect(result).toEqual({ next: "5", code: "AppendPositionErr", Body: "hello world" });
  });

  test("multipartInit, multipartUpload, multipartList, multipartListPart, multipartComplete: part by part", async () => {
    const result = await rig.page.evaluate(async (place) => {
      const Key = "parts/one by one";
      const { UploadId } = await cos.multipartInit({ ...place, Key });
      const open = await cos.multipartList({ ...place, Prefix: "parts/", EncodingType: "url" });
      const Parts: { PartNumber: number; ETag: string }[] = [];
      for (const PartNumber of [1, 2]) {
        const Body = fileOf(PartNumber === 1 ? 1024 * 1024 : 5);
        const { ETag } = await cos.multipartUpload({ ...place, Key, UploadId, PartNumber, Body });
        Parts.push({ PartNumber, ETag });
      }
      const listed = await cos.multipartListPart({ ...place, Key, UploadId });
      const done = await cos.multipartComplete({ ...place, Key, UploadId, Parts });
      return {
        open,
        listed,
        done,
        size: (await cos.headObject({ ...place, Key })).headers?.["content-length"],
      };
    }, PLACE);
    expect(result.open.Upload.map(({ Key }) => decodeURIComponent(Key))).toEqual(["parts/one by one"]);
    expect(result.listed.Part.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      ["1", String(MiB)],
      ["2", "5"],
    ]);
    expect(result.done.Location).toContain("/parts/one%20by%20one");
    expect(result.size).toBe(String(MiB + 5));
  });

  test("multipartAbort, abortUploadTask: no upload is left", async () => {
    const left = await rig.page.evaluate(async (place) => {
      const begin = (Key: string) => cos.multipartInit({ ...place, Key });
      const { UploadId } = await begin("left/a");
      await cos.multipartAbort({ ...place, Key: "left/a", UploadId });
      for (const Key of ["left/b", "left/b", "left/c"]) await begin(Key);
      await cos.abortUploadTask({ ...place, Key: "left/b", Level: "file" });
      const between = await cos.multipartList({ ...place, Prefix: "left/" });
      await cos.abortUploadTask({ ...place, Key: "", Level: "bucket" });
      const after = await cos.multipartList({ ...place });
      return [between.Upload.map(({ Key }) => Key), after.Upload.length];
    }, PLACE);
    expect(left).toEqual([["left/c"], 0]);
  });

  test("pauseTask, restartTask, cancelTask, getTaskList, isUploadRunning, on, off: under a traffic limit", async () => {
    const result = await rig.page.evaluate(async (place) => {
      let updates = 0;
      const count = () => {
        updates++;
      };
      cos.on("list-update", count);
      const states = () => cos.getTaskList().map(({ Key, state }) => [Key, state].join(" "));
      let TaskId = "";
      let moved: () => void = () => {};
      const moving = new Promise<void>((resolve) => {
        moved = resolve;
      });
      const uploading = cos.sliceUploadFile({
        ...place,
        Key: "paused",
        Body: fileOf(3 * 1024 * 1024),
        AsyncLimit: 1,
        Headers: { "x-cos-traffic-limit": "8388608" },
        onTaskReady: (id) => {
          TaskId = id;
        },
        onProgress: ({ loaded }) => {
          if (loaded > 0) moved();
        },
      });
      await moving;
      const running = cos.isUploadRunning();
      cos.pauseTask(TaskId);
      const paused = states();
      cos.restartTask(TaskId);
      const { statusCode } = await uploading;
      const never = cos.putObject({
        ...place,
        Key: "cancelled",
        Body: fileOf(1024 * 1024),
        Headers: { "x-cos-traffic-limit": "819200" },
        onTaskReady: (id) => {
          TaskId = id;
        },
      });
      never.catch(() => {});
      cos.cancelTask(TaskId);
      cos.off("list-update", count);
      return { running, paused, statusCode, updates, after: states() };
    }, PLACE);
    expect(result.running).toBeTruthy();
    expect(result.updates).toBeGreaterThan(0);
    expect(result.paused).toContain("paused paused");
    expect(result.statusCode).toBe(200);
    expect(result.after).toEqual(expect.arrayContaining(["paused success", "cancelled canceled"]));
  });
});
