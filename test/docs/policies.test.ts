import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type PolicyStatement, type RunningEmulator, startEmulator } from "@cosup/emulator";
import { createCos, type NodeCosClient } from "@cosup/node";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { root } from "./blocks/markdown.ts";

const page = await readFile(`${root}docs/credentials.md`, "utf8");
const [, json = ""] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
const shown = JSON.parse(json) as { version: "2.0"; statement: [PolicyStatement & { action: string[] }] };
/** The rows of the table of tasks, with their actions. */
const rows = [...page.matchAll(/^\| (.+?) \| (.+?) \|$/gm)]
  .map(([, task = "", actions = ""]) => ({
    task,
    actions: [...actions.matchAll(/`(\w+)`/g)].map(([, action = ""]) => action),
  }))
  .filter(({ actions }) => actions.length > 0);
const Bucket = "examplebucket-1250000000";
const at = (name: string) => ({ Bucket, Key: `uploads/${name}` });
const parts = ["InitiateMultipartUpload", "UploadPart", "CompleteMultipartUpload"];

/** What each row of the page lets a program do. `owner` may do everything. */
const TASKS: Readonly<Record<string, (cos: NodeCosClient, owner: NodeCosClient) => Promise<unknown>>> = {
  "`putObject`, files of up to 20 MB": (cos) => cos.putObject({ ...at("a"), Body: "hello" }),
  "larger files, streams": (cos) => cos.uploadFile({ ...at("b"), Body: new Uint8Array(21 * 1024 * 1024) }),
  "a resume that sends nothing twice": async (cos, owner) => {
    const { UploadId } = await owner.createMultipartUpload(at("c"));
    await cos.listParts({ ...at("c"), UploadId });
  },
  "`appendObject`": (cos) => cos.appendObject({ ...at("d"), Position: 0, Data: "hello" }),
  "`headObject`, `cosup stat`": (cos) => cos.headObject(at("e")),
  "`getObject`": async (cos) => (await cos.getObject(at("e"))).Body.cancel(),
  "`deleteObject`": (cos) => cos.deleteObject(at("e")),
  "`listMultipartUploads`, `cosup uploads ls`": (cos) =>
    cos.listMultipartUploads({ Bucket, Prefix: "uploads/" }),
  "`abortMultipartUpload`": async (cos, owner) => {
    const { UploadId } = await owner.createMultipartUpload(at("f"));
    await cos.abortMultipartUpload({ ...at("f"), UploadId });
  },
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosup-policies-"));
});
afterAll(() => rm(folder, { recursive: true }));

let emulators = 0;
let emulator: RunningEmulator | undefined;
beforeEach(() => {
  emulators += 1;
});
afterEach(async () => {
  await emulator?.close();
  emulator = undefined;
});

/** A client that may do only this, and one that may do everything. */
async function clients(actions: readonly string[]): Promise<[NodeCosClient, NodeCosClient]> {
  // A statement needs an action: one that no task uses.
  const action = ["HeadBucket", ...actions].map((name) => `name/cos:${name}`);
  const statement = { ...shown.statement[0], action };
  const policy = { ...shown, statement };
  emulator = await startEmulator({
    data: join(folder, String(emulators)),
    buckets: [Bucket],
    credentials: [
      { secretId: "LIMITED", secretKey: "KEY", token: "TOKEN", policy },
      { secretId: "OWNER", secretKey: "KEY" },
    ],
  });
  const common = { Region: "ap-guangzhou", SecretKey: "KEY", Endpoint: `${emulator.url}/{Bucket}` };
  const owner = createCos({ ...common, SecretId: "OWNER" });
  await owner.putObject({ ...at("e"), Body: "hello" });
  return [createCos({ ...common, SecretId: "LIMITED", Token: "TOKEN" }), owner];
}

describe("the policies of docs/credentials.md", () => {
  it("are those of the tasks that are tried here", () => {
    expect(rows.map(({ task }) => task)).toEqual(Object.keys(TASKS));
    const [, large] = rows;
    expect(large?.actions).toEqual(parts);
  });

  describe.each(rows)("$task", ({ task, actions }) => {
    it("is allowed", async () => {
      const [cos, owner] = await clients(actions);
      await TASKS[task]?.(cos, owner);
    });

    it.each(actions)("is refused without %s", async (missing) => {
      const [cos, owner] = await clients(actions.filter((action) => action !== missing));
      await expect(TASKS[task]?.(cos, owner)).rejects.toMatchObject({ code: "access-denied" });
    });
  });

  it("allows every action of an upload in the policy that the page shows", async () => {
    const named = shown.statement[0].action.map((action) => action.replace("name/cos:", ""));
    expect(named).toEqual(expect.arrayContaining(["PutObject", ...parts, "ListParts"]));
    const [cos] = await clients(named);
    await cos.uploadFile({ ...at("whole"), Body: new Uint8Array(21 * 1024 * 1024) });
    const elsewhere = cos.putObject({ Bucket, Key: "elsewhere", Body: "hello" });
    await expect(elsewhere).rejects.toMatchObject({ code: "access-denied" });
  });
});
