import { readdir, readFile, rename, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { CheckpointError, type UploadWarning } from "@cosup/node";
import { describe, expect, it } from "vitest";
import { crc64Of } from "../../../test/fixtures/crc64.ts";
import { caught } from "./caught.ts";
import {
  atGet,
  type DownloadCase,
  expectUntouched,
  firstByte,
  MiB,
  PART,
  SIZE,
  useDownloads,
} from "./download-rig.ts";

const rig = useDownloads();
const REFUSED = { kind: "status", status: 403, code: "AccessDenied" } as const;

/** A case whose path has an old file, which must stay until the new one is complete. */
async function withOldFile(): Promise<DownloadCase> {
  const one = await rig.case();
  await writeFile(one.path, "old");
  return one;
}

describe("a download with checkpoints", () => {
  /** Fails at the third of four ranges, and leaves two. */
  async function interrupted(): Promise<DownloadCase> {
    const one = await withOldFile();
    one.faults([atGet(3, REFUSED)]);
    const error = await caught(one.resumable({ MAXThread: 1 }));
    expect(error).toMatchObject({ code: "access-denied", hint: expect.stringContaining("same call again") });
    await expectUntouched(one, [PART]);
    one.faults();
    one.ranges.splice(0);
    return one;
  }

  const partOf = async ({ folder, names }: DownloadCase): Promise<string> =>
    join(folder, (await names()).find((name) => PART.test(name)) ?? "");

  it("goes on with what is missing", async () => {
    const one = await interrupted();
    const seen: number[] = [];
    const result = await one.resumable({ onProgress: (received) => seen.push(received) });
    expect(result).toMatchObject({
      bytesResumed: 2 * MiB,
      crc64: await crc64Of([one.bytes]),
      verified: true,
    });
    expect(await one.holds(one.bytes)).toBe(true);
    expect(one.ranges.map(firstByte).sort()).toEqual([2 * MiB, 3 * MiB]);
    expect(seen[0]).toBeGreaterThan(2 * MiB);
    expect(await one.names()).toEqual(["file.bin"]);
    expect(await readdir(join(one.folder, "state"))).toEqual([]);
  });

  it("goes on with ranges of another size", async () => {
    const one = await interrupted();
    await one.resumable({ PartSize: 2, resume: "require" });
    expect(one.ranges).toEqual([`bytes=${2 * MiB}-${SIZE - 1}`]);
    expect(await one.holds(one.bytes)).toBe(true);
  });

  it("trusts no range whose bytes on the disk are not those that came", async () => {
    const one = await interrupted();
    const part = await partOf(one);
    const kept = await readFile(part);
    kept[MiB + 5] = (kept[MiB + 5] ?? 0) ^ 1;
    await writeFile(part, kept);
    expect(await one.resumable()).toMatchObject({ bytesResumed: MiB });
    expect(await one.holds(one.bytes)).toBe(true);
  });

  it.each([
    ["is shorter", (part: string) => truncate(part, 100)],
    ["is gone", (part: string) => rename(part, `${part}.elsewhere`)],
  ])("begins again when its unfinished file %s", async (_, change) => {
    const one = await interrupted();
    await change(await partOf(one));
    expect(await one.resumable()).toMatchObject({ bytesResumed: 0 });
    expect(await one.holds(one.bytes)).toBe(true);
  });

  it("begins again when the object has changed since", async () => {
    const one = await interrupted();
    const other = Buffer.alloc(SIZE, 3);
    await one.cos.putObject({ Bucket: "download-1250000000", Key: one.Key, Body: other });
    const warnings: UploadWarning[] = [];
    const result = await one.resumable({ onWarning: (warning) => warnings.push(warning) });
    expect(result).toMatchObject({ bytesResumed: 0, crc64: await crc64Of([other]) });
    expect(warnings.map(({ code }) => code)).toEqual(["resume-discarded"]);
    expect(await one.holds(other)).toBe(true);
  });

  it("begins again with resume off, and leaves no second unfinished file", async () => {
    const one = await interrupted();
    expect(await one.resumable({ resume: "off" })).toMatchObject({ bytesResumed: 0 });
    expect(await one.names()).toEqual(["file.bin"]);
  });

  it("discards a record that is damaged", async () => {
    const one = await interrupted();
    const [name = ""] = await readdir(join(one.folder, "state"));
    await writeFile(join(one.folder, "state", name), '{"version":1,"Bucket":"');
    const warnings: UploadWarning[] = [];
    await one.resumable({ onWarning: (warning) => warnings.push(warning) });
    expect(warnings.map(({ code }) => code)).toEqual(["checkpoint-discarded"]);
    expect(await one.holds(one.bytes)).toBe(true);
  });

  it("with resume require fails when there is nothing to go on with", async () => {
    const one = await withOldFile();
    const error = await caught(one.resumable({ resume: "require" }));
    expect(error).toBeInstanceOf(CheckpointError);
    expect(error).toMatchObject({ code: "checkpoint-unusable" });
    expect(await caught(one.download({ resume: "require" }))).toMatchObject({ code: "checkpoint-unusable" });
    await expectUntouched(one);
  });

  it("is one at a time for the same object and path", async () => {
    const one = await rig.case();
    const both = await Promise.allSettled([one.resumable(), one.resumable()]);
    const failures = both.flatMap((result) => (result.status === "rejected" ? [result.reason] : []));
    expect(failures).toEqual([expect.objectContaining({ code: "checkpoint-locked", retryable: true })]);
    expect(await one.holds(one.bytes)).toBe(true);
  });

  it("that is aborted keeps what has arrived; without checkpoints nothing stays", async () => {
    const one = await withOldFile();
    for (const [call, others] of [
      [one.resumable, [PART]],
      [one.download, []],
    ] as const) {
      const controller = new AbortController();
      const reason = new Error("enough");
      const onProgress = (received: number): void => {
        if (received > 1.5 * MiB) controller.abort(reason);
      };
      const { signal } = controller;
      expect(await caught(call({ MAXThread: 1, signal, onProgress, LocalFilePath: one.path }))).toBe(reason);
      if (others.length > 0) await expectUntouched(one, others);
    }
    // The range that was under way at the abort may be complete as well.
    const { bytesResumed } = await one.resumable();
    expect([MiB, 2 * MiB]).toContain(bytesResumed);
    expect(await one.holds(one.bytes)).toBe(true);
  });
});
