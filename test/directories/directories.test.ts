import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Middleware, type RunningEmulator, startEmulator } from "@cosup/emulator";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createCos, type NodeCosClient } from "../../packages/node/src/index.ts";
import { dropPrivileges, permissionsCount } from "./privileges.ts";
import { TREES } from "./table.ts";
import { CANARY, type Tree } from "./tree.ts";
import { expectedFate, uploadTree } from "./upload.ts";

const Bucket = "trees-1250000000";
/** Keys of requests with a body. */
const written = new Set<string>();
const note: Middleware = (call, next) => {
  if (call.operation === "PutObject" || call.operation === "UploadPart") written.add(call.key);
  return next();
};

let data: string;
let emulator: RunningEmulator;
let client: NodeCosClient;
let takeBack = (): void => {};
const home = process.cwd();

beforeAll(async () => {
  await loadEverything();
  data = await mkdtemp(join(tmpdir(), "cosup-trees-"));
  takeBack = dropPrivileges(data);
  // The user `nobody` may be unable to enter the checkout, so the working directory is the temporary folder.
  process.chdir(data);
  ({ emulator, client } = await start(data));
});

async function start(folder: string): Promise<{ emulator: RunningEmulator; client: NodeCosClient }> {
  const started = await startEmulator({
    data: folder,
    buckets: [Bucket],
    credentials: [{ secretId: "id", secretKey: "key" }],
    middleware: [note],
  });
  const options = { Endpoint: `${started.url}/{Bucket}`, SecretId: "id", SecretKey: "key" };
  return { emulator: started, client: createCos(options) };
}

/** Imports lazily loaded modules while this process can still read the checkout. */
async function loadEverything(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "cosup-trees-first-"));
  const first = await start(join(folder, "cos"));
  await writeFile(join(folder, "file"), "x");
  await first.client.uploadDirectory({ Bucket, LocalDirectoryPath: folder, include: ["file"] });
  await new Response((await first.client.getObject({ Bucket, Key: "file" })).Body).arrayBuffer();
  await first.client.close();
  await first.emulator.close();
  await rm(folder, { recursive: true });
}

afterAll(async () => {
  await client.close();
  await emulator.close();
  takeBack();
  process.chdir(home);
  await rm(data, { recursive: true });
});

/** Whether any file of the emulator holds the canary. */
async function canaryArrived(): Promise<boolean> {
  for (const entry of await readdir(data, { recursive: true, withFileTypes: true })) {
    if (entry.isFile() && (await readFile(join(entry.parentPath, entry.name))).includes(CANARY)) return true;
  }
  return false;
}

let number = 0;

async function check(tree: Tree, looking: boolean): Promise<void> {
  number += 1;
  const Prefix = tree.bare ? "" : `${number}/`;
  written.clear();
  const fate = await uploadTree(tree, { client, Bucket, Prefix, looking });
  expect(fate).toEqual(expectedFate(tree, looking));
  const keys = new Set(Object.keys(fate.uploaded).map((path) => Prefix + path));
  // A failed file may have sent parts. No other key is written to.
  for (const path of fate.failed) keys.add(Prefix + path.replace(/: source-changed$/, ""));
  expect([...written].filter((key) => !keys.has(key))).toEqual([]);
}

for (const [about, trees] of Object.entries(TREES)) {
  describe(about, () => {
    for (const tree of trees) {
      test(tree.name, ({ skip }) => {
        skip(tree.needs === "linux" && process.platform !== "linux", "needs names as Linux has them");
        skip(tree.needs === "permissions" && !permissionsCount(), "root may read everything");
        return check(tree, false);
      });
    }
    for (const tree of trees.filter(({ looked }) => looked !== undefined)) {
      test(`${tree.name}, in a walk with sizes`, ({ skip }) => {
        skip(tree.needs === "permissions" && !permissionsCount(), "root may read everything");
        return check(tree, true);
      });
    }
  });
}

test("the table has at least 40 trees with different names", () => {
  const names = Object.values(TREES).flatMap((trees) => trees.map(({ name }) => name));
  expect(names.length).toBeGreaterThanOrEqual(40);
  expect(new Set(names).size).toBe(names.length);
});

test("nothing from outside a root has arrived, and it would have been seen", async () => {
  expect(await canaryArrived()).toBe(false);
  await client.putObject({ Bucket, Key: "control", Body: CANARY });
  expect(await canaryArrived()).toBe(true);
});
