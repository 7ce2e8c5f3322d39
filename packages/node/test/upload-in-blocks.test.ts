import { randomBytes } from "node:crypto";
import { readdirSync, readlinkSync } from "node:fs";
import { open, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FileSource } from "@cosup/core/files";
import type { BlockReader, ByteSource } from "@cosup/core/runtime";
import { type Instruction, startEmulator } from "@cosup/emulator";
import { afterEach, describe, expect, it, vi } from "vitest";
import { createCos, SourceError } from "../src/index.ts";
import { openFileHandle, openPath } from "../src/sources/open-path.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  vi.unstubAllEnvs();
});

const MiB = 1024 ** 2;

describe("an upload of a file whose parts are read while they are sent", () => {
  const bytes = randomBytes(5 * MiB + 123);

  /** @param run the run of faults that the client belongs to */
  async function rig(run?: string) {
    vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
    const emulator = await startEmulator({ faults: true, tls: true });
    closing.push(() => emulator.close());
    const { SecretId, ...given } = emulator.clientOptions;
    // A small budget, because files up to it are one PUT.
    const options = { ...given, memoryBudget: 4 * MiB };
    const cos = createCos({ ...options, SecretId: run === undefined ? SecretId : `${SecretId}@${run}` });
    closing.push(() => cos.close());
    const path = join(await temporaryDirectory(), "file.bin");
    await writeFile(path, bytes);
    const place = { Bucket: "demo-1250000000", Key: "file.bin" };
    const upload = () => cos.uploadFile({ ...place, LocalFilePath: path, PartSize: 1 });
    const stored = async (): Promise<Buffer> =>
      Buffer.from(await new Response((await cos.getObject(place)).Body).arrayBuffer());
    return { emulator, cos, path, upload, stored, place };
  }

  it("stores the file, and reads it on the spot", async () => {
    const { path } = await rig();
    const source = await openPath(path);
    const reader = await source.openBlocks?.(new AbortController().signal);
    const into = new Uint8Array(100);
    expect(reader?.readNow(into, 7)).toBe(100);
    expect(Buffer.compare(into, bytes.subarray(7, 107))).toBe(0);
    expect(reader?.readNow(into, bytes.length - 3)).toBe(3);
    expect(reader?.readNow(into, bytes.length)).toBe(0);
    await source.close();
  });

  it("keeps no descriptor while it waits for memory or a connection", async () => {
    const folder = await temporaryDirectory();
    const sources: ByteSource[] = [];
    closing.push(() => Promise.all(sources.map((source) => source.close())));
    const readers: (BlockReader | undefined)[] = [];
    for (let file = 0; file < 60; file += 1) {
      const path = join(folder, `file-${file}`);
      await writeFile(path, Buffer.alloc(10, file));
      const source = await openPath(path);
      sources.push(source);
      readers.push(await source.openBlocks?.(new AbortController().signal));
    }
    const links = readdirSync("/proc/self/fd").map((name) => {
      try {
        return readlinkSync(join("/proc/self/fd", name));
      } catch {
        return "";
      }
    });
    // As many stay open though nobody reads them; the others are opened again.
    expect(links.filter((path) => path.startsWith(folder)).length).toBeLessThanOrEqual(32);
    const into = new Uint8Array(10);
    expect(readers[59]?.readNow(into, 0)).toBe(10);
    expect(readers[0]?.readNow(into, 0)).toBeUndefined();
  });

  it("does not read a caller's handle on the spot", async () => {
    const { path } = await rig();
    const handle = await open(path);
    const source = await openFileHandle(handle);
    expect(await source.openBlocks?.(new AbortController().signal)).toBeUndefined();
    await source.close();
    await handle.close();
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
  ])("is complete when the request of a part %s", async (_, when, fault) => {
    const { emulator, upload, stored } = await rig("test");
    emulator.faults.install("test", [{ op: "UploadPart", match: { part: 3 }, when, fault }]);
    const { partsSent } = await upload();
    emulator.faults.expectAllFired("test");
    expect(partsSent).toBe(6);
    expect(Buffer.compare(await stored(), bytes)).toBe(0);
  });

  it("reads parts on the spot by HTTPS, and before they are sent by HTTP", async () => {
    const whole = vi.spyOn(FileSource.prototype, "read");
    const { upload, place, path } = await rig();
    await upload();
    // The last part is smaller than a block.
    expect(whole).toHaveBeenCalledTimes(1);
    const plain = await startEmulator();
    closing.push(() => plain.close());
    const other = createCos({ ...plain.clientOptions, memoryBudget: 4 * MiB });
    closing.push(() => other.close());
    whole.mockClear();
    await other.uploadFile({ ...place, LocalFilePath: path, PartSize: 1 });
    expect(whole).toHaveBeenCalledTimes(6);
    whole.mockRestore();
  });

  it("fails before anything is published when the file has become shorter", async () => {
    const { emulator, upload, path, cos, place } = await rig();
    const initiated = emulator.waitFor({ operation: "InitiateMultipartUpload" }, { timeoutMs: 50_000 });
    const shortened = initiated.then(() => truncate(path, 2 * MiB));
    const outcome = upload().catch((error: unknown) => error);
    await shortened;
    expect(await outcome).toBeInstanceOf(SourceError);
    await expect(cos.headObject(place)).rejects.toMatchObject({ code: "not-found" });
  });
});
