import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { build } from "esbuild";
import { expect, test } from "vitest";

/** Modules that the built adapter loads only when they are needed; each costs 1 to 3 ms of a program's start. */
const NOT_NEEDED = [
  "crypto",
  "http",
  "assert",
  "http2",
  "internal/crypto/webcrypto",
  "zlib",
  "worker_threads",
];

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));

/** Runs a program from this folder, which resolves the packages as a user's program does. @returns its output */
async function program(text: string, argument: string, env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", text, argument], {
    cwd: here,
    env: { ...process.env, ...env },
  });
  return stdout;
}

/** A program's first object, at a server that takes all. @returns the modules of Node that it has loaded */
async function firstObject(env: NodeJS.ProcessEnv = {}): Promise<string[]> {
  const received: string[] = [];
  const server = createServer((request, response) => {
    request.resume().on("end", () => response.setHeader("etag", '"e"').end());
    received.push(`${request.method} ${request.url}`);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  try {
    const loaded = await program(
      `const { createCos } = await import("@cosup/node");
      const cos = createCos({ Endpoint: process.argv[1], SecretId: "id", SecretKey: "key", maxAttempts: 1 });
      await cos.putObject({ Bucket: "b-1250000000", Key: "k", Body: "x" });
      console.log(process.moduleLoadList.join("\\n"));`,
      `http://127.0.0.1:${port}`,
      env,
    );
    expect(received).toEqual(["PUT /k"]);
    return loaded.split("\n").map((line) => line.replace(/^NativeModule /, ""));
  } finally {
    server.close();
  }
}

test("a first object is stored without what it does not need", async () => {
  const modules = await firstObject();
  expect(modules).toContain("net");
  expect(modules.filter((name) => NOT_NEEDED.includes(name))).toEqual([]);
});

test("undici's switch against SIMD, which core needs anyway, does not leave it without a parser", async () => {
  await firstObject({ UNDICI_NO_WASM_SIMD: "1" });
});

test("the entry file imports other files only on demand", async () => {
  const entry = fileURLToPath(new URL("../../packages/node/dist/index.js", import.meta.url));
  const { metafile } = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    metafile: true,
    platform: "node",
    format: "esm",
    external: ["*"],
  });
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports);
  expect(imports.map(({ path, kind }) => `${kind} ${path}`).sort()).toEqual([
    "dynamic-import ./glob.js",
    "dynamic-import ./proxy-agent.js",
    "dynamic-import ./response-parsers.js",
    "dynamic-import ./thread-parts.js",
  ]);
});

// A bundler does so where an ES module imports a CommonJS one: a getter for each of 54,000 bytes.
test("the parsers are loaded without a copy of each property that a module exports", async () => {
  const parsers = fileURLToPath(new URL("../../packages/node/dist/response-parsers.js", import.meta.url));
  expect(await readFile(parsers, "utf8")).not.toMatch(/getOwnPropertyNames|__toESM/);
});

/** Takes all descriptors but one, and gives them back after 0.3 s. */
const SHORTAGE = `
  import { closeSync, openSync } from "node:fs";
  const taken = [];
  try { for (;;) taken.push(openSync("/dev/null")); } catch {}
  closeSync(taken.pop());
  setTimeout(() => taken.forEach(closeSync), 300);`;

test.runIf(process.platform === "linux")(
  "what is loaded on demand is loaded once the process has descriptors again",
  async () => {
    const server = createServer((request, response) => {
      request.resume().on("end", () => response.setHeader("etag", '"e"').end());
    }).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const text = `import { createCos } from "@cosup/node";
      ${SHORTAGE}
      const cos = createCos({ Endpoint: "http://127.0.0.1:${port}", SecretId: "id", SecretKey: "key", proxy: false });
      await cos.putObject({ Bucket: "b-1250000000", Key: "k", Body: "x" });
      console.log("stored");`;
    const folder = `import { listFolder } from "@cosup/node";
      ${SHORTAGE}
      for await (const entry of listFolder(".", { include: ["start-up.test.ts"] })) console.log(entry.Key);`;
    try {
      expect(await limited(text)).toBe("stored\n");
      expect(await limited(folder)).toBe("start-up.test.ts\n");
    } finally {
      server.close();
    }
  },
);

/** Runs a program that may have 60 descriptors. */
async function limited(text: string): Promise<string> {
  const command = `ulimit -n 60 && exec "$0" --input-type=module -e "$1"`;
  const { stdout } = await run("/bin/sh", ["-c", command, process.execPath, text], { cwd: here });
  return stdout;
}
