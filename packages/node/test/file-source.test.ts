import { execFileSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { open, readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { SourceError } from "@cosup/core";
import { describe, expect, it } from "vitest";
import { caught } from "./caught.ts";
import { file, opened, SIZE } from "./file-source-rig.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** Descriptors of this process that lead to a path. */
async function descriptors(): Promise<number> {
  return (await readdir("/proc/self/fd")).length;
}

describe("reading", () => {
  it.each(["path object", "file URL", "symbolic link"])("reads a %s", async (kind) => {
    const { path, bytes } = await file();
    await symlink(path, `${path}.link`);
    const inputs: Record<string, unknown> = {
      "path object": { path },
      "file URL": pathToFileURL(path),
      "symbolic link": { path: `${path}.link` },
    };
    const source = await opened(inputs[kind]);
    expect([source.size, source.access, source.inMemory]).toEqual([SIZE, "random", false]);
    expect(Buffer.from(await source.read(0, SIZE, new Uint8Array(SIZE))).equals(bytes)).toBe(true);
    await source.close();
  });

  it("fills the beginning of `into` and leaves the rest unchanged", async () => {
    const { path, bytes } = await file();
    const source = await opened({ path });
    const into = new Uint8Array(1_000).fill(0xee);
    const read = await source.read(500, 700, into);
    expect(read.buffer).toBe(into.buffer);
    expect(read).toEqual(new Uint8Array(bytes.subarray(500, 700)));
    expect(into.subarray(200).every((byte) => byte === 0xee)).toBe(true);
    await source.close();
  });

  it("reads into WASM memory", async () => {
    const { path, bytes } = await file();
    const source = await opened({ path });
    const memory = new WebAssembly.Memory({ initial: 8 });
    const read = await source.read(0, 100_000, new Uint8Array(memory.buffer, 70_000, 100_000));
    expect(Buffer.from(read).equals(bytes.subarray(0, 100_000))).toBe(true);
    await source.close();
  });

  it("returns the remaining bytes at the end, and none beyond it", async () => {
    const { path } = await file();
    const source = await opened({ path });
    expect((await source.read(SIZE - 10, SIZE + 90, new Uint8Array(100))).byteLength).toBe(10);
    expect((await source.read(SIZE, SIZE + 10, new Uint8Array(10))).byteLength).toBe(0);
    await source.close();
  });

  it("serves parallel reads at different offsets", async () => {
    const { path, bytes } = await file(randomBytes(4_000_000));
    const source = await opened({ path });
    const partSize = 37_123;
    const copy = new Uint8Array(bytes.byteLength);
    let next = 0;
    const loop = async (): Promise<void> => {
      for (let start = next; start < copy.byteLength; start = next) {
        next += partSize;
        const end = Math.min(start + partSize, copy.byteLength);
        copy.set(await source.read(start, end, new Uint8Array(partSize)), start);
      }
    };
    await Promise.all(Array.from({ length: 8 }, loop));
    const digest = (data: Uint8Array): string => createHash("sha256").update(data).digest("hex");
    expect(digest(copy)).toBe(digest(bytes));
    await source.close();
  });

  it("reads a caller's FileHandle at any offset, and leaves it open", async () => {
    const { path, bytes } = await file();
    const handle = await open(path);
    const source = await opened(handle);
    expect(Buffer.from(await source.read(9, 99, new Uint8Array(90))).equals(bytes.subarray(9, 99))).toBe(
      true,
    );
    await source.close();
    expect((await handle.stat()).size).toBe(SIZE);
    await handle.close();
  });

  it.runIf(process.platform === "linux")(
    "reads a FileHandle of procfs, which claims to be empty, from its beginning",
    async () => {
      const handle = await open("/proc/version");
      await handle.read(new Uint8Array(5), 0, 5);
      const source = await opened(handle);
      expect([source.size, source.access]).toEqual([undefined, "sequential"]);
      const text = Buffer.from(await source.read(0, 4_096, new Uint8Array(4_096))).toString();
      expect(text).toMatch(/^Linux version .*\n$/s);
      await source.close();
      expect((await handle.stat()).isFile()).toBe(true);
      await handle.close();
    },
  );

  it.skipIf(process.platform === "win32")(
    "reads a FileHandle of a pipe from where it stands, and leaves it open",
    async () => {
      const path = join(await temporaryDirectory(), "fifo");
      execFileSync("mkfifo", [path]);
      const handle = await open(path, "r+");
      await handle.write("0123456789");
      await handle.read(new Uint8Array(4), 0, 4);
      const source = await opened(handle);
      expect(Buffer.from(await source.read(0, 6, new Uint8Array(6))).toString()).toBe("456789");
      await source.close();
      await handle.write("x");
      expect((await handle.stat()).isFIFO()).toBe(true);
      // Ends the pending read of the stream.
      await handle.close();
    },
  );

  it("reads a FileHandle from its beginning, and leaves its position alone", async () => {
    const { path, bytes } = await file();
    const handle = await open(path);
    await handle.read(new Uint8Array(100), 0, 100);
    const source = await opened(handle);
    expect(Buffer.from(await source.read(0, 50, new Uint8Array(50))).equals(bytes.subarray(0, 50))).toBe(
      true,
    );
    const next = await handle.read(new Uint8Array(10), 0, 10);
    expect(Buffer.from(next.buffer).equals(bytes.subarray(100, 110))).toBe(true);
    await source.close();
    await handle.close();
  });

  it("reads an empty file", async () => {
    const { path } = await file(new Uint8Array(0));
    const source = await opened({ path });
    expect([source.size, source.access]).toEqual([0, "random"]);
    expect((await source.read(0, 0, new Uint8Array(0))).byteLength).toBe(0);
    await source.close();
  });

  it("rejects when the signal is aborted", async () => {
    const { path } = await file();
    const source = await opened({ path });
    const signal = AbortSignal.abort(new Error("enough"));
    expect(await caught(source.read(0, 10, new Uint8Array(10), signal))).toBe(signal.reason);
    await source.close();
  });
});

describe("descriptors", () => {
  it("opens no descriptor while an upload is queued, and one for all parallel reads", async () => {
    const { path } = await file();
    const before = await descriptors();
    const sources = await Promise.all(Array.from({ length: 100 }, () => opened({ path })));
    expect(await descriptors()).toBe(before);
    const [first] = sources;
    await Promise.all([0, 10, 20].map((start) => first?.read(start, start + 10, new Uint8Array(10))));
    expect(await descriptors()).toBe(before + 1);
    await Promise.all(sources.map((source) => source.close()));
    expect(await descriptors()).toBe(before);
  });

  it("keeps few descriptors of files that are not being read, and opens the others again", async () => {
    const { path, bytes } = await file();
    const before = await descriptors();
    const sources = await Promise.all(Array.from({ length: 100 }, () => opened({ path })));
    for (const start of [0, 1_000]) {
      const read = await Promise.all(
        sources.map((source) => source.read(start, start + 50, new Uint8Array(50))),
      );
      expect(read.every((part) => Buffer.from(part).equals(bytes.subarray(start, start + 50)))).toBe(true);
      expect(await descriptors()).toBe(before + 32);
    }
    await Promise.all(sources.map((source) => source.close()));
    expect(await descriptors()).toBe(before);
  });

  it("closes while the file is still being opened", async () => {
    const { path } = await file();
    const before = await descriptors();
    const source = await opened({ path });
    const reading = source.read(0, 10, new Uint8Array(10)).catch(() => undefined);
    await source.close();
    await reading;
    expect(await descriptors()).toBe(before);
  });

  it("does not open again after close", async () => {
    const { path } = await file();
    const source = await opened({ path });
    await source.close();
    expect(await caught(source.read(0, 1, new Uint8Array(1)))).toBeInstanceOf(SourceError);
  });
});
