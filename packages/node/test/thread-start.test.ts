import { execFile } from "node:child_process";
import { copyFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it, vi } from "vitest";
import { proxyServer } from "../../../test/node-faults/proxy-server.ts";
import { temporaryDirectory } from "./temporary-directory.ts";
import { built, bytes, closing, createCos, descriptorsOf, MiB, rig, useThreads } from "./threads-rig.ts";

useThreads();

describe("the threads of a client", () => {
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
