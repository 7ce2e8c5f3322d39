import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { closeSync, openSync, readdirSync, readlinkSync, writeSync } from "node:fs";
import { copyFile, open, truncate, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import worker, { Worker } from "node:worker_threads";
import { FileSource } from "@cosup/core/files";
import { type Instruction, type Middleware, startEmulator } from "@cosup/emulator";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { proxyServer } from "../../../test/node-faults/proxy-server.ts";
import type { NodeCosOptions, UploadFileParameters } from "../src/index.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

/** As users have it: a thread runs a built file. */
const built = new URL("../dist/index.js", import.meta.url).href;
const { createCos } = (await import(built)) as typeof import("../src/index.ts");

const closing: (() => unknown)[] = [];
/** Every thread that a client started. */
const started: Worker[] = [];
/** Those of them that have begun. */
const begun: Worker[] = [];
beforeEach(() => {
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  vi.spyOn(process, "getBuiltinModule").mockImplementation(((id: string) => {
    if (id !== "node:worker_threads") return createRequire(import.meta.url)(id);
    class Counted extends Worker {
      constructor(...args: ConstructorParameters<typeof Worker>) {
        super(...args);
        started.push(this);
        this.on("message", ({ type }) => type === "begun" && begun.push(this));
      }
    }
    return { ...worker, Worker: Counted };
  }) as typeof process.getBuiltinModule);
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
  started.length = 0;
  begun.length = 0;
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const MiB = 1024 ** 2;
/** For a busy machine. */
const patient = { timeoutMs: 50_000 };
const patience = { timeout: 50_000 };
const bytes = randomBytes(5 * MiB + 300_123);

interface Rigged {
  /** The run of faults that the client belongs to. */
  readonly run?: string;
  readonly tls?: boolean;
  readonly options?: Partial<NodeCosOptions>;
}

async function rig({ run, tls = false, options = {} }: Rigged = {}) {
  const md5s: string[] = [];
  /** Called when COS has stored a part, before it responds. */
  const onPart: ((partNumber: string | undefined) => void)[] = [];
  const note: Middleware = async (call, next) => {
    const response = await next();
    if (call.operation !== "UploadPart") return response;
    const md5 = call.header("content-md5");
    if (md5 !== undefined) md5s.push(md5);
    for (const each of onPart) each(call.query.get("partNumber") ?? undefined);
    return response;
  };
  const emulator = await startEmulator({ faults: true, tls, middleware: [note] });
  closing.push(() => emulator.close());
  const { SecretId, ...given } = emulator.clientOptions;
  const cos = createCos({
    ...given,
    SecretId: run === undefined ? SecretId : `${SecretId}@${run}`,
    // A small budget, because files up to it are one PUT.
    memoryBudget: 4 * MiB,
    threads: 2,
    ...options,
  } as NodeCosOptions);
  closing.push(() => cos.close());
  const path = join(await temporaryDirectory(), "file.bin");
  await writeFile(path, bytes);
  const place = { Bucket: "demo-1250000000", Key: "file.bin" };
  const upload = (more?: Partial<UploadFileParameters>) =>
    cos.uploadFile({ ...place, LocalFilePath: path, PartSize: 1, ...more });
  const stored = async (): Promise<Buffer> =>
    Buffer.from(await new Response((await cos.getObject(place)).Body).arrayBuffer());
  return { emulator, cos, path, upload, stored, place, md5s, onPart };
}

/** How many descriptors of this process are of a file. */
function descriptorsOf(path: string): number {
  return readdirSync("/proc/self/fd").filter((name) => {
    try {
      return readlinkSync(join("/proc/self/fd", name)) === path;
    } catch {
      return false;
    }
  }).length;
}

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

  it.each(["js", "cjs"])("lets a process end that closes nothing (index.%s)", async (extension) => {
    const { emulator, path, place, stored } = await rig();
    const program = join(await temporaryDirectory(), `program.${extension === "cjs" ? "cjs" : "mjs"}`);
    const file = fileURLToPath(new URL(`../dist/index.${extension}`, import.meta.url));
    const load =
      extension === "cjs" ? `require(${JSON.stringify(file)})` : `await import(${JSON.stringify(file)})`;
    const options = { ...emulator.clientOptions, memoryBudget: 4 * MiB, threads: 2 };
    const parameters = { ...place, LocalFilePath: path, PartSize: 1 };
    const upload = `createCos(${JSON.stringify(options)}).uploadFile(${JSON.stringify(parameters)})`;
    await writeFile(
      program,
      `const { createCos } = ${load};\n${upload}.then(() => console.log("stored"));\n`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, [program]);
    expect(stdout).toBe("stored\n");
    expect(Buffer.compare(await stored(), bytes)).toBe(0);
  });

  it("runs in a program that is a text of the command line", async () => {
    const { emulator, path, place, stored } = await rig();
    const options = JSON.stringify({ ...emulator.clientOptions, memoryBudget: 4 * MiB, threads: 2 });
    const parameters = JSON.stringify({ ...place, LocalFilePath: path, PartSize: 1 });
    const text = `import { createCos } from ${JSON.stringify(built)};
      await createCos(${options}).uploadFile(${parameters});`;
    await promisify(execFile)(process.execPath, ["--input-type=module", "-e", text]);
    expect(Buffer.compare(await stored(), bytes)).toBe(0);
  });

  it("says at once why no thread can start, and closes the file", async () => {
    const { upload, path } = await rig();
    const load = createRequire(import.meta.url);
    const error = Object.assign(new Error("restricted"), { code: "ERR_ACCESS_DENIED" });
    vi.mocked(process.getBuiltinModule).mockImplementation(((id: string) =>
      id === "node:worker_threads"
        ? {
            Worker: class {
              constructor() {
                throw error;
              }
            },
          }
        : load(id)) as typeof process.getBuiltinModule);
    await expect(upload()).rejects.toMatchObject({
      ...{ code: "connect-failed", retryable: false, attempts: 1 },
      message: "threads: a thread cannot start: restricted",
      hint: expect.stringContaining("--allow-worker"),
    });
    expect(descriptorsOf(path)).toBe(0);
  });

  it.each([
    ["throw new Error('no threads here')", "no threads here"],
    ["process.exit(3)", "it ended with code 3"],
  ])("says at once why a thread ends as it starts: %s", async (code, why) => {
    const { emulator, path, place } = await rig();
    const folder = await temporaryDirectory();
    const preload = join(folder, "preload.cjs");
    await writeFile(preload, `if (!require("node:worker_threads").isMainThread) { ${code}; }`);
    const options = JSON.stringify({ ...emulator.clientOptions, memoryBudget: 4 * MiB, threads: 2 });
    const parameters = JSON.stringify({ ...place, LocalFilePath: path, PartSize: 1 });
    const program = join(folder, "program.mjs");
    await writeFile(
      program,
      `import { createCos } from ${JSON.stringify(built)};
       await createCos(${options}).uploadFile(${parameters}).catch(({ message, retryable }) =>
         console.log(JSON.stringify({ message, retryable })));`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, ["-r", preload, program]);
    expect(JSON.parse(stdout)).toEqual({ message: expect.stringContaining(why), retryable: false });
  });

  it("names what a bundler has left out", async () => {
    const { emulator, path, place } = await rig();
    const folder = await temporaryDirectory();
    for (const name of ["index.js", "index.js.map", "response-parsers.js", "thread-parts.js"]) {
      await copyFile(new URL(name, built), join(folder, name));
    }
    await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
    const alone = (await import(join(folder, "index.js"))) as typeof import("../src/index.ts");
    const cos = alone.createCos({ ...emulator.clientOptions, memoryBudget: 4 * MiB, threads: 2 });
    closing.push(() => cos.close());
    await expect(cos.uploadFile({ ...place, LocalFilePath: path, PartSize: 1 })).rejects.toMatchObject({
      code: "connect-failed",
      retryable: false,
      hint: expect.stringContaining("keep @cosup/node external"),
    });
  });

  it("sends through the proxy of the client", async () => {
    const { path, place, emulator } = await rig({ tls: true });
    const proxy = await proxyServer();
    closing.unshift(() => proxy.close());
    const cos = createCos({ ...emulator.clientOptions, memoryBudget: 4 * MiB, threads: 2, proxy: proxy.url });
    closing.unshift(() => cos.close());
    await cos.uploadFile({ ...place, LocalFilePath: path, PartSize: 1 });
    const parts = emulator.requests().filter(({ operation }) => operation === "UploadPart");
    expect(parts.length).toBe(6);
    // A tunnel for each connection: that of the client itself, and one of each thread at least.
    expect(proxy.asked.length).toBeGreaterThanOrEqual(3);
    expect(proxy.asked.every((line) => line.startsWith("CONNECT "))).toBe(true);
  });

  it("ends the threads with the client", async () => {
    const { cos, upload } = await rig();
    await upload();
    const exits = started.map((each) => new Promise((resolve) => void each.once("exit", resolve)));
    await cos.close();
    await Promise.all(exits);
  });

  it.each([
    [0, RangeError, "threads: must be a whole number of threads, from 1 to 128, not 0"],
    [1.5, RangeError, "threads: must be a whole number of threads, from 1 to 128, not 1.5"],
    [129, RangeError, "threads: must be a whole number of threads, from 1 to 128, not 129"],
    ["2", TypeError, "threads: must be a whole number of threads, from 1 to 128"],
  ])("refuses %j", async (threads, kind, message) => {
    const given = { Region: "ap-guangzhou", SecretId: "id", SecretKey: "key", threads: threads as number };
    expect(() => createCos(given)).toThrow(kind);
    expect(() => createCos(given)).toThrow(message);
  });
});
