import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Middleware } from "@cosup/emulator";
import { createCos } from "@cosup/node";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { BUCKET, jsonLines, openRig, type Rig, type Run, SECRET_ID, SECRET_KEY, summaryOf } from "../rig.ts";
import { useHere } from "./here.ts";

const SPARE = "spare-1250000000";
let rig: Rig;
let run: (words: readonly string[]) => Promise<Run>;
let cos: ReturnType<typeof createCos>;
let from = "";
let prefixes = 0;

/** All objects have one time, as those that are replaced within a second. */
const sameTime: Middleware = async (call, next) => {
  const response = await next();
  if (call.operation !== "ListObjects" || typeof response.body !== "string") return response;
  const time = "<LastModified>2026-01-01T00:00:00.000Z<";
  return { ...response, body: response.body.replace(/<LastModified>[^<]*</g, time) };
};

beforeAll(async () => {
  rig = await openRig([sameTime]);
  cos = createCos({ Endpoint: rig.env.COS_ENDPOINT, SecretId: SECRET_ID, SecretKey: SECRET_KEY });
  run = useHere(rig);
});
afterAll(async () => {
  await cos.close();
  await rig.close();
});
beforeEach(async () => {
  prefixes += 1;
  from = `from-${prefixes}/`;
  await put("a", "1");
  await put("dir/b", "22", { CacheControl: "no-cache" });
});

async function put(name: string, Body: string, headers = {}, Bucket = BUCKET, prefix = from): Promise<void> {
  await cos.putObject({ Bucket, Key: prefix + name, Body, ...headers });
}

const sync = (...words: string[]): Promise<Run> =>
  run(["sync", `cos://${BUCKET}/${from}`, `cos://${SPARE}/${from}`, "--json", ...words]);

async function listOf(bucket: string, prefix = from): Promise<unknown[]> {
  const lines = jsonLines(await run(["ls", "-r", `cos://${bucket}/${prefix}`, "--json"]));
  return lines.flatMap(({ type, key }) => (type === "listed" ? [String(key).slice(prefix.length)] : []));
}

/** The operations of one command that succeeds, in alphabetical order. */
async function requestsOf(work: () => Promise<Run>): Promise<string[]> {
  const before = rig.requests.length;
  expect((await work()).code).toBe(0);
  return rig.requests
    .slice(before)
    .map((request) => request.split(" ")[0] ?? "")
    .sort();
}

it("copies inside COS with the headers, and what is unchanged costs the two lists alone", async () => {
  const report = join(rig.folder, "inside.jsonl");
  const first = await sync("--report", report);
  expect(summaryOf(first)).toMatchObject({ copied: 2, failed: 0, bytes: 3 });
  expect(await listOf(SPARE)).toEqual(["a", "dir/b"]);
  const { headers } = await cos.headObject({ Bucket: SPARE, Key: `${from}dir/b` });
  expect(headers["cache-control"]).toBe("no-cache");
  expect(await requestsOf(sync)).toEqual(["ListObjects", "ListObjects"]);
  expect((await run(["check", "--from", report])).stdout).toBe("2 same; 0 B read\n");
});

it("copies what was replaced on either side, and compares by CRC64 without a ledger", async () => {
  await sync();
  await put("a", "9");
  await put("dir/b", "99", {}, SPARE);
  expect(summaryOf(await sync())).toMatchObject({ copied: 2, unchanged: 0 });
  await rm(join(rig.folder, "state"), { recursive: true });
  const operations = await requestsOf(sync);
  expect(operations).toEqual([...Array(4).fill("HeadObject"), "ListObjects", "ListObjects"]);
  expect(await requestsOf(sync)).toEqual(["ListObjects", "ListObjects"]);
  const { Body } = await cos.getObject({ Bucket: SPARE, Key: `${from}dir/b` });
  expect(await new Response(Body).text()).toBe("22");
});

it("--delete deletes what the source has not; a dry run says so; an empty source deletes nothing", async () => {
  await sync();
  await cos.deleteObject({ Bucket: BUCKET, Key: `${from}a` });
  const dry = await sync("--delete", "-n");
  expect(summaryOf(dry)).toMatchObject({ toDelete: 1, unchanged: 1 });
  expect(summaryOf(await sync("--delete"))).toMatchObject({ deleted: 1, unchanged: 1 });
  await cos.deleteObject({ Bucket: BUCKET, Key: `${from}dir/b` });
  const empty = await sync("--delete");
  expect(empty).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/nothing was deleted: the source is empty/),
  });
  expect(await listOf(SPARE)).toEqual(["dir/b"]);
  expect(summaryOf(await sync("--delete", "--max-delete", "1"))).toMatchObject({ deleted: 1 });
});

it("a folder that is empty, as of a disk that is not mounted, deletes nothing either; nor does a prefix", async () => {
  const folder = join(rig.folder, "empty");
  await mkdir(folder);
  const up = await run(["sync", folder, `cos://${BUCKET}/${from}`, "--delete"]);
  expect([up.code, await listOf(BUCKET)]).toEqual([1, ["a", "dir/b"]]);
  await run(["sync", `cos://${BUCKET}/${from}`, folder]);
  const down = await run(["sync", `cos://${BUCKET}/misspelled/`, folder, "--delete"]);
  expect([down.code, await readdir(folder)]).toEqual([1, ["a", "dir"]]);
});

it.each([
  [["--cache-control", "x"], "--cache-control"],
  [["--compress", "gzip"], "--compress"],
  [["--watch"], "--watch"],
  [["--resume", "auto"], "--resume"],
  [["--no-cosignore"], "is for folders, and source and target are in COS (--no-cosignore)"],
])("%j is refused inside COS", async (words, says) => {
  const before = rig.requests.length;
  expect(await sync(...words)).toMatchObject({ code: 2, stderr: expect.stringContaining(says) });
  const upwards = await run(["sync", `cos://${BUCKET}/${from}x/`, `cos://${BUCKET}/${from}`]);
  expect(upwards).toMatchObject({ code: 2, stderr: expect.stringContaining("must not be the source") });
  expect(rig.requests.length).toBe(before);
});
