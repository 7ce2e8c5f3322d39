import { createHash } from "node:crypto";
import { closeSync, openSync, writeSync } from "node:fs";
import { open, truncate } from "node:fs/promises";
import { FileSource } from "@cosup/core/files";
import type { Instruction } from "@cosup/emulator";
import { describe, expect, it, vi } from "vitest";
import { temporaryDirectory } from "./temporary-directory.ts";
import {
  begun,
  bytes,
  descriptorsOf,
  MiB,
  patience,
  patient,
  rig,
  started,
  useThreads,
} from "./threads-rig.ts";

useThreads();

describe("a client with threads", () => {
  it.each([
    ["https", true],
    ["http", false],
  ])("sends the parts of a file from two of them by %s", async (_, tls) => {
    const whole = vi.spyOn(FileSource.prototype, "read");
    const { upload, stored, path } = await rig({ tls });
    const seen: number[] = [];
    const result = await upload({ onProgress: (done) => void seen.push(done) });
    expect(result).toMatchObject({ partsSent: 6, partsResumed: 0 });
    expect(Buffer.compare(await stored(), bytes)).toBe(0);
    expect(started.length).toBe(2);
    expect(whole).not.toHaveBeenCalled();
    expect(seen.at(-1)).toBe(bytes.length);
    await vi.waitFor(() => expect(descriptorsOf(path)).toBeLessThanOrEqual(1), patience);
  });

  it("starts none for a part of a stream, for bytes and for a caller's handle", async () => {
    const { upload, cos, place, path } = await rig();
    await cos.putObject({ ...place, Body: bytes });
    const handle = await open(path);
    await upload({ LocalFilePath: undefined, Body: handle } as never);
    await handle.close();
    expect(started.length).toBe(0);
  });

  it.each([
    ["the MD5 of the whole", { ContentMD5: createHash("md5").update(bytes).digest("base64") }, {}],
    ["a limited rate", {}, { bandwidthLimit: 100 * MiB }],
  ])("starts none for an upload with %s", async (_, parameters, options) => {
    const { upload, stored } = await rig({ options });
    await upload(parameters);
    expect(started.length).toBe(0);
    expect(Buffer.compare(await stored(), bytes)).toBe(0);
  });

  it("resumes an upload: COS gets the parts that it does not hold", async () => {
    const { emulator, upload, stored } = await rig({ run: "resume" });
    const folder = await temporaryDirectory();
    emulator.faults.install("resume", [
      {
        op: "UploadPart",
        match: { part: 4 },
        when: "before-headers",
        fault: { kind: "status", code: "AccessDenied" },
      },
    ]);
    await expect(upload({ checkpoints: folder, MAXThread: 1 })).rejects.toMatchObject({
      code: "access-denied",
    });
    const { partsSent, partsResumed } = await upload({ checkpoints: folder });
    expect({ partsSent, partsResumed }).toEqual({ partsSent: 3, partsResumed: 3 });
    expect(Buffer.compare(await stored(), bytes)).toBe(0);
  });

  it("sends the MD5 of each part where the caller wants it", async () => {
    const { upload, stored, md5s } = await rig();
    await upload({ EnableMD5: true });
    const expected = Array.from({ length: 6 }, (_, part) =>
      createHash("md5")
        .update(bytes.subarray(part * MiB, (part + 1) * MiB))
        .digest("base64"),
    );
    expect(md5s.toSorted()).toEqual(expected.toSorted());
    expect(started.length).toBe(2);
    expect(Buffer.compare(await stored(), bytes)).toBe(0);
  });

  const within = "after-300000-bytes-of-request";
  const after = "after-commit-before-response";
  it.each<[string, Instruction["when"], Instruction["fault"]]>([
    ["breaks", within, "reset"],
    ["ends", within, "fin"],
    ["is slow", within, { kind: "slow-read", bytesPerSecond: 4_000_000 }],
    ["changes a byte", within, "flip-request"],
    ["is refused", within, { kind: "status", code: "SlowDown" }],
    ["waits", "before-headers", { kind: "delay", ms: 30 }],
    ["has a lost response", after, "reset"],
    ["has a response of a proxy", after, { kind: "body", type: "html" }],
    ["has a wrong CRC64", after, { kind: "crc64", value: "wrong" }],
    ["has no CRC64", after, { kind: "crc64", value: "missing" }],
  ])("completes an upload when the request of a part %s", async (_, when, fault) => {
    const { emulator, upload, stored } = await rig({ run: "test", tls: true });
    emulator.faults.install("test", [{ op: "UploadPart", match: { part: 3 }, when, fault }]);
    const { partsSent } = await upload();
    emulator.faults.expectAllFired("test");
    expect(partsSent).toBe(6);
    expect(Buffer.compare(await stored(), bytes)).toBe(0);
  });

  it("fails before anything is published when the file has become shorter", async () => {
    const { emulator, upload, path, cos, place } = await rig();
    const initiated = emulator.waitFor({ operation: "InitiateMultipartUpload" }, patient);
    const shortened = initiated.then(() => truncate(path, 2 * MiB));
    const outcome = upload().catch((error: unknown) => error);
    await shortened;
    expect(await outcome).toMatchObject({ name: "SourceError" });
    await expect(cos.headObject(place)).rejects.toMatchObject({ code: "not-found" });
  });

  it("fails before anything is published when a retry reads other bytes than the first attempt", async () => {
    const { emulator, upload, path, cos, place, onPart } = await rig({ run: "changed" });
    emulator.faults.install("changed", [
      { op: "UploadPart", match: { part: 2 }, when: after, fault: { kind: "status", code: "SlowDown" } },
    ]);
    onPart.push((partNumber) => {
      if (partNumber !== "2") return;
      const descriptor = openSync(path, "r+");
      writeSync(descriptor, Buffer.alloc(MiB, 7), 0, MiB, MiB);
      closeSync(descriptor);
    });
    await expect(upload()).rejects.toMatchObject({ name: "SourceError", code: "source-changed" });
    await expect(cos.headObject(place)).rejects.toMatchObject({ code: "not-found" });
  });

  it("rejects with the reason of an abort, and closes the file when no thread reads it", async () => {
    const { emulator, upload, path } = await rig({ run: "abort", tls: true });
    emulator.faults.install("abort", [
      { op: "UploadPart", match: { part: 2 }, when: within, fault: { kind: "delay", ms: 60_000 } },
    ]);
    const controller = new AbortController();
    const reason = new Error("enough");
    void emulator.waitFor({ operation: "UploadPart" }, patient).then(() => controller.abort(reason));
    await expect(upload({ signal: controller.signal })).rejects.toBe(reason);
    await vi.waitFor(() => expect(descriptorsOf(path)).toBe(0), patience);
  });

  it("sends a part again when its thread has ended", async () => {
    const { emulator, upload, stored } = await rig({ run: "ended" });
    emulator.faults.install("ended", [
      { op: "UploadPart", match: { part: 2 }, when: within, fault: { kind: "delay", ms: 10_000 } },
    ]);
    const ended = emulator.waitFor({ operation: "UploadPart" }, patient).then(async () => {
      // One that ends before it has begun is a failure of another kind.
      await vi.waitFor(() => expect(begun.length).toBe(started.length), patience);
      await Promise.all(begun.map((thread) => thread.terminate()));
    });
    await upload();
    await ended;
    expect(started.length).toBeGreaterThan(2);
    expect(Buffer.compare(await stored(), bytes)).toBe(0);
  });

  it("ends the threads with the client", async () => {
    const { cos, upload } = await rig();
    await upload();
    const exits = started.map((each) => new Promise((resolve) => void each.once("exit", resolve)));
    await cos.close();
    await Promise.all(exits);
  });
});
