import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import {
  howManyFit,
  packMessages,
  planParts,
  sizesFor,
  subrequestsOf,
} from "../../examples/workers-queue/src/limits.ts";
import type { RangeMessage, SmallMessage } from "../../examples/workers-queue/src/messages.ts";
import { objectsPerInstance, planSteps } from "../../examples/workers-queue/src/workflow-limits.ts";
import { allRight, call, ended, putLarge, putMany, SECRET } from "./moves-rig.ts";
import { pattern, stored, unfinished } from "./objects.ts";
import { type Cos, MiB, startCos, startWorker, type Worker } from "./rig.ts";

interface Consumer {
  readonly queue: string;
  readonly max_batch_size: number;
  readonly max_concurrency?: number;
  readonly dead_letter_queue?: string;
}

/** The example's own configuration. */
const config = JSON.parse(
  readFileSync(
    fileURLToPath(new URL("../../examples/workers-queue/wrangler.jsonc", import.meta.url)),
    "utf8",
  ).replace(/^\s*\/\/.*$/gm, ""),
) as {
  readonly vars: Record<string, string>;
  readonly queues: { producers: { binding: string; queue: string }[]; consumers: Consumer[] };
};
const RETRIES = 1;

let cos: Cos;
let worker: Worker;

/** The queues of wrangler.jsonc, in miniflare. Messages are given up after one retry. */
function queues(): object {
  return {
    queueProducers: Object.fromEntries(config.queues.producers.map(({ binding, queue }) => [binding, queue])),
    queueConsumers: Object.fromEntries(
      config.queues.consumers.map((consumer) => [
        consumer.queue,
        {
          maxBatchSize: consumer.max_batch_size,
          maxBatchTimeout: 0.1,
          maxRetries: RETRIES,
          ...(consumer.dead_letter_queue === undefined
            ? {}
            : { deadLetterQueue: consumer.dead_letter_queue }),
        },
      ]),
    ),
  };
}

beforeAll(async () => {
  cos = await startCos();
  const bindings = { ...config.vars, ...cos.bindings, MOVE_SECRET: SECRET };
  const workflows = { WORKFLOWS: { name: "cos-move", className: "MoveWorkflow" } };
  worker = await startWorker("moves", { bindings, more: { ...queues(), workflows } });
});
afterAll(async () => {
  await worker.stop();
  await cos.stop();
});
afterEach(() => cos.interfere(undefined));

describe("the queues of miniflare, with the example's wrangler.jsonc", () => {
  test("a prefix is moved, and nothing else", async () => {
    const r2 = await worker.r2();
    const objects = await putMany(r2, "photos/", 30);
    await r2.put("elsewhere", "not moved");
    const blocks = [pattern(25 * MiB + 17, 3)];
    objects.set("photos/large", blocks);
    await putLarge(r2, "photos/large", blocks);
    const begun = await call<{ id: string }>(worker, "POST", "moves", {
      prefix: "photos/",
      targetPrefix: "p/",
    });
    expect(begun.status).toBe(202);
    const status = await ended(worker, begun.body.id);
    expect(status).toMatchObject({ state: "done", objects: 31, done: 31, failed: 0, failures: [] });
    expect(status).toMatchObject({ unsure: 0, unsureUploads: [] });
    expect(status.text).toMatch(/^31 of 31 objects are in COS \(\d+ bytes in all\)\.$/);
    await allRight(cos, objects, (key) => key.replace("photos/", "p/"));
    expect(await stored(cos, "elsewhere")).toBeUndefined();
    expect(await unfinished(cos)).toBe(0);
  });

  test("what is delivered too often ends in the dead-letter queue, and the status says so", async () => {
    const r2 = await worker.r2();
    await r2.put("dead/small", "hello");
    await r2.put("dead/good", "hello");
    await putLarge(r2, "dead/large", [pattern(20 * MiB, 4)]);
    cos.interfere(async ({ key, query }, next) =>
      key === "dead/small" || (key === "dead/large" && query.get("partNumber") === "2")
        ? { status: 503, headers: {} }
        : next(),
    );
    await call(worker, "POST", "moves", { id: "dead", prefix: "dead/" });
    const status = await ended(worker, "dead");
    expect(status).toMatchObject({ state: "failed", objects: 3, done: 1, failed: 2 });
    expect(status.text).toMatch(/dead\/large failed: .*delivered too often/);
    expect(status.text).toMatch(/dead\/small failed: delivered too often without success: .*503/);
    expect(await unfinished(cos)).toBe(0);
    cos.interfere(undefined);
    await call(worker, "POST", "moves", { id: "dead", prefix: "dead/" });
    expect(await ended(worker, "dead")).toMatchObject({ state: "done", done: 3, failed: 0 });
  });

  test("what COS refuses for good is named at once, and is not delivered again", async () => {
    const r2 = await worker.r2();
    await r2.put("bad//../..", "a key that COS cannot have");
    await r2.put("bad/denied", "hello");
    cos.forget();
    cos.interfere(async () => ({
      status: 403,
      headers: {},
      body: "<Error><Code>AccessDenied</Code></Error>",
    }));
    await call(worker, "POST", "moves", { id: "bad", prefix: "bad/" });
    const status = await ended(worker, "bad");
    expect(status).toMatchObject({ state: "failed", failed: 2 });
    expect(status.text).toContain("AccessDenied");
    expect(status.text).toMatch(/bad\/\/\.\.\/\.\. failed: Key:/);
    expect(cos.calls).toHaveLength(1);
  });
});

describe("requests", () => {
  test.each([
    ["no secret", {}],
    ["a wrong secret", { authorization: "Bearer wrong" }],
  ])("401: %s", async (_name, headers) => {
    for (const [method, path] of [
      ["POST", "moves"],
      ["GET", "moves/photos"],
      ["POST", "workflows"],
    ] as const) {
      const response = await worker.fetch(path, { method, headers });
      expect(response.status).toBe(401);
      expect(await response.text()).not.toContain(SECRET);
    }
  });

  test.each([
    ["400: no JSON", "POST", "moves", "prefix=a", 400, "JSON object"],
    ["400: a prefix that is no string", "POST", "moves", { prefix: 1 }, 400, "prefix"],
    ["400: an id that is none", "POST", "moves", { id: "a b" }, 400, "id"],
    ["404: no such move", "GET", "moves/none", undefined, 404, "none"],
    ["404: no such Workflow", "GET", "workflows/none", undefined, 404, "none"],
    ["404: no such route", "GET", "", undefined, 404, "GET /"],
  ] as const)("%s", async (_name, method, path, body, status, words) => {
    const response = await call<{ error: { message: string } }>(worker, method, path, body);
    expect(response.status).toBe(status);
    expect(response.body.error.message).toContain(words);
  });

  test("409: the id of a move of another prefix", async () => {
    await call(worker, "POST", "moves", { id: "mine", prefix: "nothing/" });
    expect((await call(worker, "POST", "moves", { id: "mine", prefix: "other/" })).status).toBe(409);
    expect(await ended(worker, "mine")).toMatchObject({ state: "done", objects: 0 });
  });

  test("500: the message names what is not configured", async () => {
    const lacking = await startWorker("moves", { bindings: { ...cos.bindings, MOVE_SECRET: SECRET } });
    try {
      const { status, body } = await call<{ error: { message: string } }>(lacking, "POST", "moves", {});
      expect(status).toBe(500);
      expect(body.error.message).toContain("OBJECTS");
    } finally {
      await lacking.stop();
    }
  });
});

describe("sizes fit into the limits of the platform", () => {
  const object = { move: "m", round: 1, key: "k", targetKey: "k", etag: "e", size: 1 };
  const small: SmallMessage = { ...object, kind: "small" };
  const TiB = 1024 ** 4;

  test("wrangler.jsonc: batches, and the dead-letter queue", () => {
    const [objects, parts, dead] = config.queues.consumers;
    const { objectsPerBatch } = sizesFor(Number(config.vars.SUBREQUEST_BUDGET));
    expect(objects?.max_batch_size).toBeLessThanOrEqual(objectsPerBatch);
    expect(parts?.max_batch_size).toBe(1);
    for (const consumer of [objects, parts]) expect(consumer?.dead_letter_queue).toBe(config.vars.DEAD_QUEUE);
    expect(dead?.queue).toBe(config.vars.DEAD_QUEUE);
    // The free plan, as the comment in wrangler.jsonc says.
    expect(sizesFor(50).objectsPerBatch).toBe(11);
  });

  test.each([20, 50, 1000, 10_000])("a part range fits into %i subrequests", (budget) => {
    for (const size of [9 * MiB, 256 * MiB, 5 * 1024 * MiB, 40 * 1024 * MiB, 0.3 * TiB, 5 * TiB]) {
      const plan = planParts(size, budget);
      if (plan === undefined) continue;
      expect(plan.partCount).toBeLessThanOrEqual(10_000);
      expect(plan.partSize * plan.partCount).toBeGreaterThanOrEqual(size);
      expect(plan.partSize).toBeLessThanOrEqual(32 * MiB);
      const range: RangeMessage = {
        ...object,
        kind: "range",
        partSize: 1,
        first: 1,
        last: plan.partsPerRange,
      };
      expect(subrequestsOf(range, budget) + 6).toBeLessThanOrEqual(budget);
      // 15 minutes at 1 MiB/s, 30 s of CPU at 2 ms per MiB.
      const mib = (plan.partSize / MiB) * plan.partsPerRange;
      expect(mib).toBeLessThan(15 * 60);
      expect(mib * 2).toBeLessThan(30_000);
      const large = subrequestsOf({ ...object, size, kind: "large" }, budget);
      expect(large + 6).toBeLessThanOrEqual(budget);
    }
    expect(planParts(256 * MiB, budget)).toBeDefined();
    expect(planParts(5 * TiB, budget)).toBeUndefined();
  });

  test("a batch is cut where the subrequests end, and one message always fits", () => {
    expect(
      howManyFit(
        Array.from({ length: 100 }, () => small),
        50,
      ),
    ).toBe(11);
    expect(
      howManyFit(
        Array.from({ length: 100 }, () => small),
        10_000,
      ),
    ).toBe(100);
    const ofOthers = Array.from({ length: 100 }, (_, index) => ({ ...small, move: `m${index}` }));
    expect(howManyFit(ofOthers, 50)).toBe(7);
    expect(howManyFit([{ ...small, kind: "range", partSize: 1, first: 1, last: 1000 }], 50)).toBe(1);
  });

  test("messages are packed by count and by bytes, in order", () => {
    const many = Array.from({ length: 250 }, (_, index) => ({ ...small, size: index }));
    expect(packMessages(many).map((group) => group.length)).toEqual([100, 100, 50]);
    const long = Array.from({ length: 10 }, () => ({ ...small, key: "ü".repeat(30_000) }));
    expect(packMessages(long).map((group) => group.length)).toEqual([4, 4, 2]);
    expect(packMessages(long).flat()).toEqual(long);
    expect(() => packMessages([{ ...small, key: "x".repeat(128_000) }])).toThrow("exceeds 128000");
  });

  test.each([0, 19, 1.5, Number.NaN])("a SUBREQUEST_BUDGET of %s is refused by name", (budget) => {
    expect(() => sizesFor(budget)).toThrow("SUBREQUEST_BUDGET");
  });

  test("an instance of the Workflow fits into its subrequests, steps and results", () => {
    expect(objectsPerInstance(50)).toBe(8);
    expect(objectsPerInstance(10_000)).toBe(873);
    expect(planSteps(256 * MiB, 10_000)).toEqual({ partSize: 8 * MiB, atOnce: 4 });
    expect(planSteps(31 * 1024 * MiB, 10_000)).toEqual({ partSize: 32 * MiB, atOnce: 1 });
    expect(planSteps(32 * 1024 * MiB, 10_000)).toBeUndefined();
    expect(planSteps(512 * MiB, 50)).toBeUndefined();
  });
});
