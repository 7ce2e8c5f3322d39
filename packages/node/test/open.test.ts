import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { open, opendir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import type { ByteSource } from "@cosup/core/runtime";
import { describe, expect, it } from "vitest";
import { openInput } from "../src/open.ts";
import { caught } from "./caught.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

const onPosix = process.platform !== "win32";

async function textOf(source: ByteSource | undefined): Promise<string> {
  let text = "";
  for (let start = 0; source !== undefined; start += 1_000) {
    const part = await source.read(start, start + 1_000, new Uint8Array(1_000));
    text += String(Buffer.from(part));
    if (part.byteLength < 1_000) {
      break;
    }
  }
  await source?.close();
  return text;
}

async function fifo(): Promise<string> {
  const path = join(await temporaryDirectory(), "fifo");
  execFileSync("mkfifo", [path]);
  return path;
}

describe("what is not Node's", () => {
  it.each([
    ["a bare string, even if a file has that name", fileURLToPath(import.meta.url)],
    ["bytes", new Uint8Array(3)],
    ["a Blob", new Blob(["x"])],
    ["a web stream", new ReadableStream()],
    ["an http URL", new URL("https://example.com/a")],
    ["null", null],
    ["undefined", undefined],
    ["a number", 7],
    ["an object with a path of another type", { path: 7 }],
    ["an async iterable", (async function* () {})()],
  ])("is %s", async (_name, input) => {
    expect(await openInput(input)).toBeUndefined();
  });

  it("is a Dirent, whose path is that of its parent", async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, "file"), "x");
    const entries = await opendir(directory);
    expect(await openInput(await entries.read())).toBeUndefined();
    await entries.close();
  });
});

it("opens a file whose name needs escaping in a URL", async () => {
  const path = join(await temporaryDirectory(), "a b%20#?你.txt");
  await writeFile(path, "found");
  expect(await textOf(await openInput(pathToFileURL(path)))).toBe("found");
  expect(await textOf(await openInput({ path }))).toBe("found");
});

it("opens a relative path as it was meant when it was given", async () => {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, "relative.txt"), "found");
  const before = process.cwd();
  const relativePath = "relative.txt";
  const realCwd = process.cwd;
  process.cwd = () => directory;
  try {
    // stat and open get an absolute path, so that a change of the working directory does not matter.
    const source = await openInput({ path: relativePath });
    process.cwd = () => before;
    expect(await textOf(source)).toBe("found");
  } finally {
    process.cwd = realCwd;
  }
});

describe.runIf(onPosix)("special files", () => {
  it("reads a FIFO to the end of its writer", async () => {
    const path = await fifo();
    const source = await openInput({ path });
    expect([source?.size, source?.fingerprint, source?.access]).toEqual([undefined, undefined, "sequential"]);
    const writer = createWriteStream(path);
    writer.write("first ");
    setImmediate(() => writer.end("second"));
    expect(await textOf(source)).toBe("first second");
  });

  it("an abort ends the wait for a FIFO's writer, and other file operations are not blocked", async () => {
    const controller = new AbortController();
    const sources = await Promise.all(
      Array.from({ length: 8 }, async () => openInput({ path: await fifo() })),
    );
    const readings = sources.map((source) =>
      caught(source?.read(0, 9, new Uint8Array(9), controller.signal) ?? Promise.resolve()),
    );
    const handle = await open(new URL(import.meta.url));
    await handle.close();
    controller.abort(new Error("enough"));
    for (const reading of readings) {
      expect(await reading).toBe(controller.signal.reason);
    }
    await Promise.all(sources.map((source) => source?.close()));
  });

  it("reads a character device", async () => {
    const source = await openInput({ path: "/dev/zero" });
    const read = await source?.read(0, 100_000, new Uint8Array(100_000).fill(1));
    expect(read?.byteLength).toBe(100_000);
    expect(read?.every((byte) => byte === 0)).toBe(true);
    await source?.close();
    expect(await textOf(await openInput({ path: "/dev/null" }))).toBe("");
  });

  it("reads a FileHandle of a device as a stream", async () => {
    const handle = await open("/dev/zero");
    const source = await openInput(handle);
    expect((await source?.read(0, 10, new Uint8Array(10)))?.byteLength).toBe(10);
    await source?.close();
    await handle.close();
  });

  it.runIf(process.platform === "linux")("reads procfs files, which say that they are empty", async () => {
    const source = await openInput({ path: "/proc/self/status" });
    expect(source?.size).toBeUndefined();
    expect(await textOf(source)).toContain("Pid:");
  });

  it("refuses a socket", async () => {
    const path = join(await temporaryDirectory(), "socket");
    const server = createServer().listen(path);
    await once(server, "listening");
    expect(await caught(openInput({ path }))).toMatchObject({ code: "source-unreadable" });
    server.close();
  });
});
