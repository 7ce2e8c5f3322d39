import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { crc64Of } from "../fixtures/crc64.ts";
import { putLarge, randomOf } from "./moves-rig.ts";
import { pattern, stored, unfinished } from "./objects.ts";
import {
  type Cos,
  MiB,
  startCos,
  startWorker,
  temporaryDirectory,
  type Worker,
  type WorkerOptions,
} from "./rig.ts";

let cos: Cos;
let worker: Worker;
const SECRET = "a secret";
const persist = temporaryDirectory();

function options(budget: number): WorkerOptions {
  return {
    persist,
    bindings: {
      ...cos.bindings,
      UPLOAD_SECRET: SECRET,
      SUBREQUEST_BUDGET: String(budget),
    },
  };
}

interface Status {
  readonly state: string;
  readonly sent: number;
  readonly size: number;
  readonly turns: number;
  readonly error?: string;
  readonly crc64?: string;
}

async function call(method: string, path: string, body?: object): Promise<{ status: number; body: Status }> {
  const response = await worker.fetch(path, {
    method,
    headers: { authorization: `Bearer ${SECRET}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Status };
}

async function finished(targetKey: string): Promise<Status> {
  for (;;) {
    const { body } = await call("GET", `copy-from-r2/${targetKey}`);
    if (body.state !== "running") return body;
    await pause(200);
  }
}

/** How often each part was acknowledged. */
function acknowledgements(): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { operation, acknowledged, partNumber } of cos.calls) {
    if (operation !== "UploadPart" || !acknowledged) continue;
    counts.set(partNumber, (counts.get(partNumber) ?? 0) + 1);
  }
  return counts;
}

beforeAll(async () => {
  cos = await startCos();
  worker = await startWorker("example", options(20));
});
afterAll(async () => {
  await worker.stop();
  await cos.stop();
  rmSync(persist, { recursive: true, force: true });
});
beforeEach(() => cos.forget());
afterEach(() => cos.interfere(undefined));

describe("POST /copy-from-r2", () => {
  test("a small object goes in one turn", async () => {
    await (await worker.r2()).put("small", "hello");
    const begun = await call("POST", "copy-from-r2", { key: "small", targetKey: "copies/small" });
    expect(begun).toMatchObject({ status: 202, body: { state: "running", size: 5 } });
    expect(await finished("copies/small")).toMatchObject({ state: "done", sent: 5, turns: 1 });
    expect((await stored(cos, "copies/small"))?.size).toBe(5);
  });

  test("a large object takes many turns, each within its subrequests, and no part is sent twice", async () => {
    const blocks = Array.from({ length: 13 }, (_, index) => pattern(10 * MiB, index + 1));
    await putLarge(await worker.r2(), "large", blocks);
    const small = { ...options(14) };
    await worker.stop();
    worker = await startWorker("example", small);
    cos.forget();
    await call("POST", "copy-from-r2", { key: "large", targetKey: "copies/large" });
    const done = await finished("copies/large");
    const crc64 = await crc64Of(blocks);
    expect(done).toMatchObject({ state: "done", sent: 130 * MiB, crc64 });
    // Three parts per turn: of 14 subrequests, six and the first head are not for parts.
    expect(done.turns).toBe(6);
    expect(await stored(cos, "copies/large")).toEqual({ size: 130 * MiB, crc64 });
    expect([...acknowledgements().values()]).toEqual(Array.from({ length: 17 }, () => 1));
    expect(await unfinished(cos)).toBe(0);
  });

  test("continues after a temporary failure of COS", async () => {
    const blocks = [pattern(30 * MiB, 9)];
    await putLarge(await worker.r2(), "failing", blocks);
    let failures = 0;
    cos.interfere(async (_call, next) => {
      failures += 1;
      return failures > 12 && failures < 30 ? { status: 503, headers: {} } : next();
    });
    await call("POST", "copy-from-r2", { key: "failing", targetKey: "failing" });
    expect(await finished("failing")).toMatchObject({ state: "done", crc64: await crc64Of(blocks) });
  });

  test("gives up when COS refuses permanently, with the reason", async () => {
    await (await worker.r2()).put("refused", "hello");
    cos.interfere(async () => ({
      status: 403,
      headers: {},
      body: "<Error><Code>AccessDenied</Code></Error>",
    }));
    await call("POST", "copy-from-r2", { key: "refused", targetKey: "refused" });
    const status = await finished("refused");
    expect(status.state).toBe("failed");
    expect(status.error).toContain("AccessDenied");
  });

  test("409: another object is on its way to the same key", async () => {
    await (await worker.r2()).put("one", pattern(30 * MiB));
    await (await worker.r2()).put("two", "two");
    cos.interfere(async (_call, next) => {
      await pause(50);
      return next();
    });
    await call("POST", "copy-from-r2", { key: "one", targetKey: "same" });
    expect((await call("POST", "copy-from-r2", { key: "one", targetKey: "same" })).status).toBe(202);
    expect((await call("POST", "copy-from-r2", { key: "two", targetKey: "same" })).status).toBe(409);
    expect(await finished("same")).toMatchObject({ state: "done", size: 30 * MiB });
  });

  test.each([
    ["400: no key", { targetKey: "a" }, 400],
    ["400: no target", { key: "small" }, 400],
    ["400: a target that cannot be expressed", { key: "small", targetKey: "a/.." }, 400],
    ["404: no such object", { key: "missing", targetKey: "a" }, 404],
  ])("%s", async (_name, body, status) => {
    expect((await call("POST", "copy-from-r2", body)).status).toBe(status);
  });
});

describe("eviction", () => {
  const SEED = Number(process.env.COSUP_SEED ?? 20_261);

  test(`workerd killed at ten random points of 256 MiB (seed ${SEED})`, { timeout: 300_000 }, async () => {
    const blocks = Array.from({ length: 16 }, (_, index) => pattern(16 * MiB, index + 100));
    await putLarge(await worker.r2(), "huge", blocks);
    await worker.stop();
    worker = await startWorker("example", options(20));
    cos.forget();
    cos.interfere(async (_call, next) => {
      await pause(20);
      return next();
    });
    const random = randomOf(SEED);
    await call("POST", "copy-from-r2", { key: "huge", targetKey: "huge" });
    for (let kill = 0; kill < 10; kill += 1) {
      const sofar = acknowledgements().size;
      // Every point is after the one before, so that a kill never hits a Worker without new progress.
      while (acknowledgements().size === sofar && acknowledgements().size < 32) await pause(5);
      await pause(random() * 150);
      await worker.kill();
      worker = await startWorker("example", options(20));
    }
    const done = await finished("huge");
    const crc64 = await crc64Of(blocks);
    expect(done).toMatchObject({ state: "done", sent: 256 * MiB, crc64 });
    expect(await stored(cos, "huge")).toEqual({ size: 256 * MiB, crc64 });
    const counts = acknowledgements();
    expect(counts.size).toBe(32);
    expect([...counts.values()].filter((count) => count !== 1)).toEqual([]);
    expect(await unfinished(cos)).toBe(0);
    const sent = cos.count("UploadPart");
    console.log(
      `figure: eviction: 10 kills, ${done.turns} turns, ${counts.size} parts acknowledged once, ${sent} sent`,
    );
  });
});
