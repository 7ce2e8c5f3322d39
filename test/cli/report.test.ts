import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createCos } from "@cosup/node";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from "vitest";
import { heldRequests, partsBehind } from "./held-requests.ts";
import { BUCKET, crc64OfFile, jsonLines, MiB, openRig, type Rig, SECRET_ID, SECRET_KEY } from "./rig.ts";

const parts = heldRequests();
let rig: Rig;
const AT = `cos://${BUCKET}`;

beforeAll(async () => {
  rig = await openRig([parts.middleware]);
  await mkdir(join(rig.folder, "site/css"), { recursive: true });
  await writeFile(join(rig.folder, "site/index.html"), "page");
  await writeFile(join(rig.folder, "site/css/ü.css"), "style");
});
afterEach(() => parts.release());
afterAll(() => rig.close());

/** A name that no other test uses. */
let report = "";
let reports = 0;
beforeEach(() => {
  reports += 1;
  report = `report-${reports}.jsonl`;
});

/** The lines of the report, each of them whole. */
async function reported(): Promise<Record<string, unknown>[]> {
  const text = await readFile(join(rig.folder, report), "utf8");
  expect(text).toMatch(/^([^\n]+\n)*$/);
  const lines = text.split("\n").slice(0, -1);
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

it("has each uploaded object with what COS says of it; those that were there already too", async () => {
  for (const status of ["uploaded", "skipped"]) {
    const run = await rig.run(["cp", "-r", "site", `${AT}/site`, "--report", report, "--json"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const objects = jsonLines(run).filter(({ type }) => type === "object");
    expect(objects).toMatchObject([{ status }, { status }]);
    const lines = await reported();
    expect(lines.map(({ path }) => path).sort()).toEqual(["css/ü.css", "index.html"]);
    for (const { path, ...line } of lines) {
      const [stored] = jsonLines(await rig.run(["stat", `${AT}/site/${path}`, "--json"]));
      const { bucket, key, size, crc64, etag } = stored ?? {};
      expect(line).toEqual({ type: "stored", bucket, key, size, crc64, etag });
    }
  }
});

it("has the version of an object, in a bucket that keeps versions", async () => {
  const bucket = "spare-1250000000";
  const cos = createCos({
    Endpoint: `http://127.0.0.1:${rig.port}/{Bucket}`,
    Region: "ap-guangzhou",
    SecretId: SECRET_ID,
    SecretKey: SECRET_KEY,
  });
  const Body = "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>";
  await cos.request({ Method: "PUT", Bucket: bucket, Query: { versioning: "" }, Body });
  await cos.close();
  for (const words of [
    ["site/index.html", `cos://${bucket}/a.html`],
    ["-r", "site", `cos://${bucket}/site`],
  ]) {
    await rig.run(["cp", ...words, "--report", report]);
    const [line] = await reported();
    const [stored] = jsonLines(await rig.run(["stat", `cos://${bucket}/${line?.key}`, "--json"]));
    expect(stored?.versionId).toMatch(/./);
    expect(line?.versionId).toBe(stored?.versionId);
  }
});

it("names the file that was downloaded, and the object that a copy made", async () => {
  await rig.run(["cp", "site/index.html", `${AT}/page`]);
  await rig.run(["cp", `${AT}/page`, "down.html", "--report", report]);
  const crc64 = await crc64OfFile(join(rig.folder, "site/index.html"));
  expect(await reported()).toMatchObject([{ key: "page", path: "down.html", size: 4, crc64 }]);
  await rig.run(["cp", `${AT}/page`, `${AT}/copy of page`, "--report", report]);
  const [line] = await reported();
  expect(line).toMatchObject({ bucket: BUCKET, key: "copy of page", size: 4, crc64 });
  expect(line).not.toHaveProperty("path");
  await rig.run(["cp", "-", `${AT}/typed`, "--report", report], { input: "page" });
  expect(await reported()).toMatchObject([{ key: "typed", crc64 }]);
});

it.each(["SIGINT", "SIGKILL"] as const)("has whole lines of what was done before %s", async (signal) => {
  await rig.file("large.bin", 30 * MiB);
  const words = ["cp", "site/index.html", "large.bin", `${AT}/${signal}/`, "--report", report];
  parts.hold(partsBehind(1));
  const running = rig.start([...words, "--json", "--part-size", "1"]);
  await running.line(/"status":"uploaded"/);
  running.child.kill(signal);
  expect((await running.ended).code).toBe(signal === "SIGINT" ? 130 : "SIGKILL");
  expect(await reported()).toMatchObject([{ key: `${signal}/index.html`, size: 4 }]);
});

it("does not list what failed", async () => {
  const run = await rig.run(["cp", "site/index.html", `${AT}/forbidden`, "--report", report]);
  expect(run.code).toBe(0);
  const words = ["cp", "site/css/ü.css", `${AT}/forbidden`, "--forbid-overwrite", "--report", report];
  expect((await rig.run(words)).code).toBe(1);
  expect(await reported()).toEqual([]);
});

it("never replaces a file that is no report, and is not uploaded itself", async () => {
  const refused = async (words: readonly string[], says: RegExp): Promise<void> => {
    const before = rig.requests.length;
    const run = await rig.run(["cp", ...words]);
    expect(run).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(says) });
    expect(rig.requests.length).toBe(before);
  };
  const file = "site/index.html";
  await refused([file, `${AT}/a`, "--report", file], /exists and is no report.*\(--report\)/);
  expect(await readFile(join(rig.folder, file), "utf8")).toBe("page");
  await refused(["-r", "site", `${AT}/a`, "--report", "site/r.jsonl"], /in the folder that is copied/);
  expect(existsSync(join(rig.folder, "site/r.jsonl"))).toBe(false);
  await refused([file, `${AT}/a`, "--report", "none/r.jsonl"], /report: cannot be written: ENOENT/);
  await refused([file, `${AT}/a`, "--report", report, "-n"], /must not be given with --dry-run/);
  await refused([`${AT}/page`, "-", "--report", report], /needs a target other than stdout/);
  const words = ["-r", "site", `${AT}/b`, "--report", "site/r.jsonl", "--exclude", "*.jsonl"];
  expect((await rig.run(["cp", ...words])).code).toBe(0);
  // As it was, for the other tests.
  await rm(join(rig.folder, "site/r.jsonl"));
});

it.runIf(existsSync("/dev/full"))(
  "on a full disk, the objects are stored and the exit code is 1",
  async () => {
    const run = await rig.run(["cp", "site/index.html", `${AT}/full`, "--report", "/dev/full"]);
    expect(run).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/report \/dev\/full is incomplete, the objects are not: ENOSPC/),
    });
    expect((await rig.run(["stat", `${AT}/full`])).code).toBe(0);
  },
);

it("of a sync has what was copied and what was equal already, so that check finds later what changed", async () => {
  const sync = ["sync", "site", `${AT}/synced/`, "--report", report, "--json"];
  // Sent, known from the ledger, and compared by CRC64.
  for (const extra of [[], [], ["--compare", "crc64"]]) {
    expect((await rig.run([...sync, ...extra])).code).toBe(0);
    expect((await reported()).map(({ path, size }) => [path, size]).sort()).toEqual([
      ["css/ü.css", 5],
      ["index.html", 4],
    ]);
    expect((await rig.run(["check", "--from", report])).stdout).toBe("2 same; 0 B read\n");
    expect((await rig.run(["check", "--from", report, "site"])).stdout).toBe("2 same; 9 B read\n");
  }
  const back = ["sync", `${AT}/synced/`, "back", "--report", report];
  for (const extra of [[], ["--compare", "crc64"]]) {
    expect((await rig.run([...back, ...extra])).code).toBe(0);
    expect((await rig.run(["check", "--from", report, "."])).stdout).toBe("2 same; 9 B read\n");
  }
  const inside = await rig.run(["sync", `${AT}/synced/`, "back", "--report", "back/report"]);
  expect(inside).toMatchObject({ code: 2, stderr: expect.stringMatching(/is in the folder that is copied/) });
});

it("of mv has the targets", async () => {
  await rig.run(["cp", "-r", "site", `${AT}/moved/`]);
  const run = await rig.run(["mv", "-r", `${AT}/moved/`, `${AT}/there/`, "--report", report]);
  expect(run.code).toBe(0);
  expect((await reported()).map(({ key }) => key).sort()).toEqual(["there/css/ü.css", "there/index.html"]);
  expect((await rig.run(["check", "--from", report])).stdout).toBe("2 same; 0 B read\n");
});
