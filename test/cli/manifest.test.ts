import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createCos } from "@cosup/node";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import {
  BUCKET,
  crc64OfFile,
  jsonLines,
  MiB,
  openRig,
  type Rig,
  type RunOptions,
  SECRET_ID,
  SECRET_KEY,
} from "./rig.ts";

const AT = `cos://${BUCKET}`;
const CP = ["cp", "--manifest-in", "m.jsonl", `${AT}/to/`];

let rig: Rig;
let ledgers = 0;

beforeAll(async () => {
  rig = await openRig();
  await rig.file("small.bin", 5000);
  await rig.file("large.bin", 18 * MiB);
});
beforeEach(async () => {
  ledgers += 1;
  for (const name of ["m.jsonl", "m.jsonl.ledger"]) await rm(join(rig.folder, name), { force: true });
});
afterAll(() => rig.close());

const manifest = async (...entries: readonly object[]): Promise<string> => {
  const text = entries.map((each) => `${JSON.stringify(each)}\n`).join("");
  await writeFile(join(rig.folder, "m.jsonl"), text);
  return text;
};
const cosup = (words: readonly string[], options?: RunOptions) => rig.run([...words, "--json"], options);

describe("cosup cp --manifest-in", () => {
  it("stores what the manifest lists, says so as cp does, and sends nothing the second time", async () => {
    const key = `a${ledgers}`;
    await manifest({ source: "small.bin", key }, { source: "large.bin", key: `${key}/large` });
    const crc64 = [
      await crc64OfFile(join(rig.folder, "small.bin")),
      await crc64OfFile(join(rig.folder, "large.bin")),
    ];
    const first = await cosup([...CP, "--report", "r.jsonl"]);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    const objects = jsonLines(first).filter(({ type }) => type === "object");
    expect(objects.map((each) => [each.key, each.status]).sort()).toEqual([
      [`to/${key}`, "uploaded"],
      [`to/${key}/large`, "uploaded"],
    ]);
    expect(objects.map((each) => each.crc64).sort()).toEqual([...crc64].sort());
    expect(jsonLines(first).at(-1)).toMatchObject({
      type: "summary",
      files: 2,
      uploaded: 2,
      skipped: 0,
      failed: 0,
      // 18 MiB in parts of 8.
      partsSent: 4,
      partsResumed: 0,
    });
    const sent = rig.requests.length;
    const second = await cosup([...CP, "--report", "r.jsonl"]);
    expect(jsonLines(second).at(-1)).toMatchObject({ files: 2, uploaded: 0, skipped: 2, failed: 0 });
    expect(rig.requests.length).toBe(sent);
    // The report has what the ledger has: all objects.
    const report = (await readFile(join(rig.folder, "r.jsonl"), "utf8")).trimEnd().split("\n");
    const lines = report.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map((line) => [line.type, line.bucket, line.crc64]).sort()).toEqual(
      crc64.map((each) => ["stored", BUCKET, each]).sort(),
    );
    expect(lines.map(({ path }) => path).sort()).toEqual(["large.bin", "small.bin"]);
    const checked = await cosup(["check", "--from", "r.jsonl", "."]);
    expect(checked.code).toBe(0);
    expect(jsonLines(checked).at(-1)).toMatchObject({ same: 2, unverified: 0 });
    const [stat] = jsonLines(await cosup(["stat", `${AT}/to/${key}`]));
    expect(lines.find((line) => line.key === `to/${key}`)).toMatchObject({ etag: stat?.etag, size: 5000 });
  });

  it("goes on after failures, gives the reason of each, and tries only these again", async () => {
    const key = `b${ledgers}`;
    await manifest({ source: "nowhere", key }, { source: "small.bin", key: `${key}2` });
    const first = await cosup(CP);
    expect(first).toMatchObject({ code: 1, stderr: expect.stringContaining("nowhere does not exist") });
    expect(jsonLines(first)).toContainEqual(
      expect.objectContaining({
        type: "object",
        status: "failed",
        key: `to/${key}`,
        code: "source-not-found",
      }),
    );
    await writeFile(join(rig.folder, "nowhere"), "now");
    const second = await cosup(CP);
    await rm(join(rig.folder, "nowhere"));
    expect(jsonLines(second).at(-1)).toMatchObject({ uploaded: 1, skipped: 1, failed: 0 });
  });

  it("sends a file again that has changed", async () => {
    await rig.file("changing.bin", 100);
    await manifest(
      { source: "changing.bin", key: `h${ledgers}` },
      { source: "small.bin", key: `i${ledgers}` },
    );
    await cosup(CP);
    await rig.file("changing.bin", 101);
    expect(jsonLines(await cosup([...CP, "--dry-run"])).at(-1)).toMatchObject({ planned: 1, skipped: 1 });
    expect(jsonLines(await cosup(CP)).at(-1)).toMatchObject({ uploaded: 1, skipped: 1, bytes: 101 });
    expect((await cosup(["check", "changing.bin", `${AT}/to/h${ledgers}`])).code).toBe(0);
  });

  it("after Ctrl-C says how far it is, and then what was resumed", async () => {
    const key = `j${ledgers}`;
    await manifest({ source: "small.bin", key: `${key}/small` }, { source: "large.bin", key });
    const words = [...CP, "--part-size", "1", "--concurrency", "1", "--files", "1", "--bwlimit", "4M"];
    const started = rig.start([...words, "--json"]);
    const parts = (): number => rig.requests.filter((each) => each === `UploadPart to/${key}`).length;
    await expect.poll(parts, { timeout: 30_000 }).toBeGreaterThan(4);
    started.child.kill("SIGINT");
    const stopped = await started.ended;
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toMatch(
      new RegExp(
        `m.jsonl.ledger has what is stored, and \\d+ parts of to/${key} \\([\\d.]+ MiB of 18(.0)? MiB\\)`,
      ),
    );
    const next = jsonLines(await cosup([...CP, "--part-size", "1"]));
    const { partsSent, partsResumed } = next.at(-1) as { partsSent: number; partsResumed: number };
    expect(partsResumed).toBeGreaterThanOrEqual(4);
    expect(partsSent + partsResumed).toBe(18);
    expect(next.at(-1)).toMatchObject({ uploaded: 1, skipped: 1, bytes: 18 * MiB });
  });

  it("looks for relative paths below --root, and says where", async () => {
    await mkdir(join(rig.folder, "below"), { recursive: true });
    await writeFile(join(rig.folder, "below", "in.bin"), "in");
    await manifest({ source: "in.bin", key: `r${ledgers}` }, { source: "small.bin", key: `s${ledgers}` });
    const run = await cosup([...CP, "--root", "below", "--report", "root.jsonl"]);
    const sought = join(rig.folder, "below", "small.bin");
    expect(run).toMatchObject({ code: 1, stderr: expect.stringContaining(`${sought} does not exist`) });
    expect(jsonLines(run).at(-1)).toMatchObject({ uploaded: 1, failed: 1 });
    expect((await cosup(["check", "--from", "root.jsonl", "below"])).code).toBe(0);
  });

  it("takes a manifest from stdin, with a ledger that is named", async () => {
    const input = await manifest({ source: "small.bin", key: `c${ledgers}` });
    const words = ["cp", "--manifest-in", "-", AT];
    const ledger = ["--ledger", `stdin-${ledgers}.ledger`];
    expect(await cosup([...words, ...ledger], { input })).toMatchObject({ code: 0 });
    expect(await cosup(words, { input })).toMatchObject({
      code: 2,
      stderr: "cosup: ledger: must be given with a manifest from stdin (--ledger)\n",
    });
  });

  it("reports a line that cannot be used by its number, and skips it when told to", async () => {
    const good = await manifest({ source: "small.bin", key: `d${ledgers}` });
    await writeFile(join(rig.folder, "m.jsonl"), `${good}{"source": "small.bin", "kye": "x"}\n`);
    const text = "manifest line 2: kye: is unknown: did you mean key?";
    const failed = await cosup(CP);
    expect(failed).toMatchObject({ code: 2, stderr: `cosup: ${text}\n` });
    expect(jsonLines(failed)).toContainEqual({ type: "error", code: "manifest-line", message: text });
    const skipped = await cosup([...CP, "--skip-bad-lines"]);
    expect(skipped.code).toBe(0);
    expect(jsonLines(skipped)).toContainEqual({ type: "warning", code: "manifest-line", message: text });
  });

  it("ends after --max-errors, and tells how to go on", async () => {
    await manifest(...Array.from({ length: 50 }, (_, at) => ({ source: "nowhere", key: `e${at}` })));
    const run = await cosup([...CP, "--max-errors", "2", "--files", "1"]);
    expect(run).toMatchObject({
      code: 4,
      stderr: expect.stringContaining("m.jsonl.ledger has what is stored"),
    });
    expect(jsonLines(run).at(-1)).toMatchObject({ failed: 2 });
  });

  it("says that a ledger is another one, or is in use", async () => {
    await manifest({ source: "small.bin", key: `f${ledgers}` });
    await writeFile(join(rig.folder, "m.jsonl.ledger"), "notes\n");
    expect(await cosup(CP)).toMatchObject({
      code: 2,
      stderr: "cosup: m.jsonl.ledger exists and is no ledger: give another name (--ledger)\n",
    });
  });

  it("refuses the ledger of another target, and says what to do", async () => {
    await manifest({ source: "small.bin", key: `f${ledgers}` });
    await cosup(CP);
    for (const dryRun of [[], ["--dry-run"]]) {
      const sent = rig.requests.length;
      expect(await cosup(["cp", "--manifest-in", "m.jsonl", `${AT}/other/`, ...dryRun])).toMatchObject({
        code: 2,
        stderr: `cosup: the ledger m.jsonl.ledger is of ${AT}/to/: give another one for ${AT}/other/ (--ledger)\n`,
      });
      expect(rig.requests.length).toBe(sent);
    }
    expect(jsonLines(await cosup(CP)).at(-1)).toMatchObject({ uploaded: 0, skipped: 1 });
  });

  it("--dry-run says what would be sent: nothing is sent, no request is made, and no ledger is written", async () => {
    const key = `d${ledgers}`;
    await manifest({ source: "small.bin", key });
    await cosup(CP);
    const ledger = await readFile(join(rig.folder, "m.jsonl.ledger"), "utf8");
    await manifest(
      { source: "small.bin", key },
      { source: "large.bin", key: `${key}/large` },
      { source: "none.bin", key: `${key}/none` },
      { source: "https://files.example.com/c.bin?X-Amz-Signature=5ec2e7", key: `${key}/url`, size: 7 },
    );
    const sent = rig.requests.length;
    const run = await cosup([...CP, "--dry-run"]);
    expect(run.code).toBe(1);
    const objects = jsonLines(run).filter(({ type }) => type === "object");
    expect(objects.map((each) => [each.key, each.status, each.size])).toEqual([
      [`to/${key}`, "skipped", undefined],
      [`to/${key}/large`, "planned", 18 * MiB],
      [`to/${key}/none`, "failed", undefined],
      [`to/${key}/url`, "planned", 7],
    ]);
    expect(jsonLines(run).at(-1)).toMatchObject({
      type: "summary",
      files: 4,
      failed: 1,
      skipped: 1,
      uploaded: 0,
    });
    expect(run.stdout + run.stderr).not.toContain("5ec2e7");
    expect(rig.requests.length).toBe(sent);
    expect(await readFile(join(rig.folder, "m.jsonl.ledger"), "utf8")).toBe(ledger);
    await rm(join(rig.folder, "m.jsonl.ledger"));
    await cosup([...CP, "--dry-run"]);
    await expect(readFile(join(rig.folder, "m.jsonl.ledger"))).rejects.toThrow("ENOENT");
  });

  it("reports an upload whose beginning was not heard of", async () => {
    const key = `to/g${ledgers}`;
    await manifest({ source: "small.bin", key: `g${ledgers}` });
    const Endpoint = `http://127.0.0.1:${rig.port}/{Bucket}`;
    const cos = createCos({ Region: "ap-guangzhou", Endpoint, SecretId: SECRET_ID, SecretKey: SECRET_KEY });
    const { UploadId } = await cos.createMultipartUpload({ Bucket: BUCKET, Key: key });
    await cos.close();
    // What a run leaves that was killed while it waited for that response.
    const lines = [
      { cosupLedger: 1, bucket: BUCKET },
      { type: "begin", line: 1, id: "0000000000000001", key },
    ];
    const text = lines.map((each) => `${JSON.stringify(each)}\n`).join("");
    await writeFile(join(rig.folder, "m.jsonl.ledger"), text);
    const run = await cosup(CP);
    expect(run.code).toBe(0);
    expect(jsonLines(run)).toContainEqual({
      type: "warning",
      code: "orphan-upload",
      message: `an unfinished upload of ${key} may be of this run, whose beginning was not heard of: look at it with uploads ls cos://${BUCKET}/${key}`,
      uploadId: UploadId,
    });
  });
});
