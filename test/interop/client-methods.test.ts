import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type COS from "cos-nodejs-sdk-v5";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { follow, MiB, openRig, PLACE, pattern, type Rig } from "./official-client.ts";

// One case for each method that test/interop/README.md lists, named after it.
let rig: Rig;
let FilePath: string;
const bytes = pattern(4 * MiB);
/** Holds the second part of an upload until it is let go. */
let letGo: () => void = () => {};
let held: Promise<void> | undefined;
let onSecondPart: () => void = () => {};
beforeAll(async () => {
  rig = await openRig({
    middleware: [
      async (call, next) => {
        if (call.query.get("partNumber") === "2") {
          onSecondPart();
          await held;
        }
        return next();
      },
    ],
  });
  FilePath = join(rig.directory, "large.bin");
  await writeFile(FilePath, bytes);
});
afterAll(() => rig.stop());

const at = (Key: string) => ({ ...PLACE, Key });

describe("signatures and other requests", () => {
  test("getObjectUrl: with a signature, and without", async () => {
    const cos = rig.client();
    await cos.putObject({ ...at("url ü"), Body: "content" });
    const Url = await new Promise<string>((resolve) => {
      cos.getObjectUrl({ ...at("url ü"), Sign: true, Expires: 60 }, (_, data) => resolve(data.Url));
    });
    expect((await follow(rig.port, "GET", Url)).text).toBe("content");
    const bare = cos.getObjectUrl({ ...at("url ü"), Sign: false }, () => {});
    expect((await follow(rig.port, "GET", bare)).status).toBe(403);
  });

  test("getAuth: a header for a request of one's own", async () => {
    const cos = rig.client();
    const host = `${PLACE.Bucket}.cos.${PLACE.Region}.myqcloud.com`;
    const authorization = cos.getAuth({ Method: "PUT", Key: "auth", Query: {}, Headers: { Host: host } });
    const put = await follow(rig.port, "PUT", `http://${host}/auth`, "mine", {
      authorization,
      "content-length": "4",
    });
    expect(put.status).toBe(200);
    expect((await cos.getObject(at("auth"))).Body.toString()).toBe("mine");
  });

  test("request: any operation", async () => {
    const cos = rig.client();
    await cos.request({ ...at("request"), Method: "PUT", Body: "x", Headers: { "x-cos-meta-a": "1" } });
    const head = await cos.request({ ...at("request"), Method: "HEAD" });
    expect(head.headers).toMatchObject({ "x-cos-meta-a": "1" });
    const tags = await cos.request({ ...PLACE, Method: "GET", Action: "versioning" });
    expect(tags).toHaveProperty("VersioningConfiguration");
    const raw = await cos.request({ ...PLACE, Method: "GET", Query: { "max-keys": "1" }, RawBody: true });
    expect(String(raw.Body)).toContain("<ListBucketResult>");
  });
});

describe("tasks", () => {
  /** Starts an upload that stops at its second part. */
  async function startHeld(Key: string): Promise<{ cos: COS; id: string; done: Promise<unknown> }> {
    held = new Promise((resolve) => {
      letGo = resolve;
    });
    const cos = rig.client({ ChunkParallelLimit: 1, ProgressInterval: 0 });
    let id = "";
    const reached = new Promise<void>((resolve) => {
      onSecondPart = resolve;
    });
    const done = cos.sliceUploadFile({
      ...at(Key),
      FilePath,
      ChunkSize: MiB,
      onTaskReady: (taskId) => {
        id = taskId;
      },
    });
    done.catch(() => {});
    await reached;
    return { cos, id, done };
  }
  const stateOf = (cos: COS, id: string) => cos.getTaskList().find((task) => task.id === id)?.state;

  test("getTaskList: state and size of an upload", async () => {
    const { cos, id, done } = await startHeld("tasks/list");
    expect(cos.getTaskList()).toMatchObject([
      { id, Key: "tasks/list", state: "uploading", size: bytes.length },
    ]);
    letGo();
    await done;
    expect(stateOf(cos, id)).toBe("success");
  });

  test("isUploadRunning: while there is one", async () => {
    const { cos, done } = await startHeld("tasks/running");
    expect(Boolean(cos.isUploadRunning())).toBe(true);
    letGo();
    await done;
    expect(Boolean(cos.isUploadRunning())).toBe(false);
  });

  test("pauseTask, restartTask: goes on with the parts that are left", async () => {
    rig.log.length = 0;
    const { cos, id, done } = await startHeld("tasks/paused");
    cos.pauseTask(id);
    expect(stateOf(cos, id)).toBe("paused");
    letGo();
    cos.restartTask(id);
    await done;
    expect(stateOf(cos, id)).toBe("success");
    expect((await cos.getObject(at("tasks/paused"))).Body.equals(bytes)).toBe(true);
    // The first part was stored before the pause.
    expect(rig.count(/^200 UploadPart .* partNumber=1 /)).toBe(1);
    expect(rig.count(/InitiateMultipartUpload/)).toBe(1);
  });

  test("cancelTask: nothing is completed", async () => {
    const { cos, id } = await startHeld("tasks/canceled");
    cos.cancelTask(id);
    letGo();
    expect(stateOf(cos, id)).toBe("canceled");
    const { Contents } = await cos.getBucket({ ...PLACE, Prefix: "tasks/canceled" });
    expect(Contents).toEqual([]);
    // The SDK leaves the upload, which can be resumed.
    const uploads = await cos.multipartList({ ...PLACE, Prefix: "tasks/canceled", Delimiter: "" });
    expect(uploads.Upload).toHaveLength(1);
  });

  test("on, off: the list changes", async () => {
    const cos = rig.client();
    /** Resolves with the states that are reported until the upload has succeeded. */
    const reported = (): Promise<string[]> =>
      new Promise((resolve) => {
        const states: string[] = [];
        cos.on("list-update", ({ list }: { list: COS.TaskList }) => {
          states.push(list.at(-1)?.state ?? "");
          if (states.at(-1) === "success") resolve(states);
        });
      });
    const first: unknown[] = [];
    const listener = (event: unknown): void => {
      first.push(event);
    };
    cos.on("list-update", listener);
    const watched = reported();
    await cos.putObject({ ...at("events"), Body: "x" });
    await watched;
    expect(first.length).toBeGreaterThan(0);
    cos.off("list-update", listener);
    first.length = 0;
    const again = reported();
    await cos.putObject({ ...at("events"), Body: "x" });
    expect((await again).at(-1)).toBe("success");
    expect(first).toEqual([]);
  });
});
