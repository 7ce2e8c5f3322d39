import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { crc64Of } from "../fixtures/crc64.ts";
import { call, partsSent, putLarge, putMany, randomOf, SECRET } from "./moves-rig.ts";
import { observer, pattern, stored, unfinished } from "./objects.ts";
import {
  Bucket,
  type Cos,
  FIGURES,
  MiB,
  startCos,
  startWorker,
  temporaryDirectory,
  type Worker,
} from "./rig.ts";

const SEED = Number(process.env.COSUP_SEED ?? 20_261);
const KILLS = 5;
const OBJECTS = FIGURES ? 200 : 60;
const LARGE_MIB = FIGURES ? 256 : 128;
/** Parts that an instance sends at the same time. */
const AT_ONCE = 4;

interface Status {
  readonly state: string;
  readonly instances: number;
  readonly done: number;
  readonly failures: readonly { readonly key: string; readonly error: string }[];
}

let cos: Cos;
let worker: Worker;
const persist = temporaryDirectory();

async function start(budget = 10_000): Promise<void> {
  worker = await startWorker("moves", {
    persist,
    bindings: { ...cos.bindings, MOVE_SECRET: SECRET, SUBREQUEST_BUDGET: String(budget) },
    more: {
      workflows: { WORKFLOWS: { name: "cos-move", className: "MoveWorkflow" } },
      workflowsPersist: persist,
    },
  });
}

beforeAll(async () => {
  cos = await startCos();
});
afterAll(async () => {
  await cos.stop();
  rmSync(persist, { recursive: true, force: true });
});
beforeEach(async () => {
  await start();
  cos.forget();
});
afterEach(async () => {
  cos.interfere(undefined);
  await worker.stop();
});

async function finished(id: string): Promise<Status> {
  for (;;) {
    const { body } = await call<Status>(worker, "GET", `workflows/${id}`);
    if (body.state !== "running") return body;
    await pause(200);
  }
}

describe("POST /workflows", () => {
  test("pages and large objects are instances of their own, each within its subrequests", async () => {
    await worker.stop();
    await start(50);
    const objects = await putMany(await worker.r2(), "pages/", 30);
    const blocks = [pattern(25 * MiB, 3)];
    objects.set("pages/large", blocks);
    await putLarge(await worker.r2(), "pages/large", blocks);
    await call(worker, "POST", "workflows", { id: "pages", prefix: "pages/", targetPrefix: "p/" });
    const status = await finished("pages");
    // Four pages of at most eight, and the large object.
    expect(status).toMatchObject({ state: "done", instances: 5, done: 31, failures: [] });
    for (const [key, bytes] of objects) {
      const size = bytes.reduce((sum, { length }) => sum + length, 0);
      expect(await stored(cos, key.replace("pages/", "p/")), key).toEqual({
        size,
        crc64: await crc64Of(bytes),
      });
    }
    expect(await unfinished(cos)).toBe(0);
    expect((await call(worker, "POST", "workflows", { id: "pages" })).status).toBe(409);
  });

  test("a large object that is replaced fails by name, and its upload is aborted", async () => {
    await putLarge(await worker.r2(), "replaced/large", [pattern(64 * MiB, 9)]);
    cos.interfere(async ({ operation }, next) => {
      if (operation === "UploadPart") await pause(200);
      return next();
    });
    await call(worker, "POST", "workflows", { id: "replaced", prefix: "replaced/" });
    while (cos.count("UploadPart") < 2) await pause(5);
    await putLarge(await worker.r2(), "replaced/large", [pattern(24 * MiB, 10)]);
    const status = await finished("replaced");
    expect(status).toMatchObject({ state: "failed", done: 0, failures: [{ key: "replaced/large" }] });
    expect(status.failures[0]?.error).toContain("was replaced in R2");
    expect(await unfinished(cos)).toBe(0);
    expect(await stored(cos, "replaced/large")).toBeUndefined();
  });

  test("a temporary failure of COS is retried, a final one is named", async () => {
    const r2 = await worker.r2();
    for (const name of ["a", "b", "denied"]) await r2.put(`failing/${name}`, name);
    let failures = 0;
    cos.interfere(async ({ key }, next) => {
      if (key === "failing/denied") {
        return { status: 403, headers: {}, body: "<Error><Code>AccessDenied</Code></Error>" };
      }
      if (key !== "failing/b") return next();
      failures += 1;
      return failures < 5 ? { status: 503, headers: {} } : next();
    });
    await call(worker, "POST", "workflows", { id: "failing", prefix: "failing/" });
    const status = await finished("failing");
    expect(status).toMatchObject({ state: "failed", done: 2, failures: [{ key: "failing/denied" }] });
    expect(status.failures[0]?.error).toContain("HTTP 403");
    // The second attempt of the step has compared it and not sent it again.
    expect(
      cos.calls.filter(({ operation, key }) => operation === "PutObject" && key === "failing/a"),
    ).toHaveLength(1);
  });
});

describe("kills", () => {
  const what = `${OBJECTS} objects and one of ${LARGE_MIB} MiB`;

  test(`${what}, workerd killed ${KILLS} times (seed ${SEED})`, { timeout: 600_000, retry: 0 }, async () => {
    const random = randomOf(SEED);
    const objects = await putMany(await worker.r2(), "all/", OBJECTS);
    const blocks = Array.from({ length: LARGE_MIB / 16 }, (_, index) => pattern(16 * MiB, index + 1000));
    objects.set("all/large", blocks);
    await putLarge(await worker.r2(), "all/large", blocks);
    const { etag } = await (await worker.r2()).head("all/large");
    const large = {
      key: "all/large",
      targetKey: "here/large",
      size: LARGE_MIB * MiB,
      etag,
      partSize: 8 * MiB,
    };
    /** Cloudflare does this by itself: miniflare runs an instance of a killed process only when it is created again. */
    const resume = async (): Promise<void> => {
      const { WORKFLOWS } = await worker.miniflare.getBindings();
      const params = { id: "kills", prefix: "all/", targetPrefix: "here/", page: 1, after: "" };
      await WORKFLOWS.create({ id: "kills", params });
      await WORKFLOWS.create({ id: "kills-L1", params: { large } });
    };
    const theirs = await observer(cos).createMultipartUpload({ Bucket, Key: "here/large" });
    cos.interfere(async ({ operation }, next) => {
      await pause(operation === "UploadPart" ? 150 : 20);
      return next();
    });
    const isBody = (operation: string): boolean => operation === "UploadPart" || operation === "PutObject";
    const sent = (): number =>
      cos.calls.filter(({ operation, acknowledged }) => acknowledged && isBody(operation)).length;
    const since = performance.now();
    await call(worker, "POST", "workflows", { id: "kills", prefix: "all/", targetPrefix: "here/" });
    for (let kill = 1; kill <= KILLS; kill += 1) {
      const before = sent();
      while (sent() < before + 4) await pause(5);
      await pause(random() * 100);
      await worker.kill();
      await start();
      await resume();
    }
    const status = await finished("kills");
    const seconds = (performance.now() - since) / 1000;
    expect(status).toMatchObject({ state: "done", done: OBJECTS + 1, failures: [] });
    for (const [key, bytes] of objects) {
      const size = bytes.reduce((sum, { length }) => sum + length, 0);
      expect(await stored(cos, key.replace("all/", "here/")), key).toEqual({
        size,
        crc64: await crc64Of(bytes),
      });
    }
    const { Upload } = await observer(cos).listMultipartUploads({ Bucket });
    expect(Upload.map(({ UploadId }) => UploadId)).toEqual([theirs.UploadId]);
    const parts = partsSent(cos);
    const again = [...parts.values()].reduce((sum, count) => sum + count - 1, 0);
    console.log(
      `figure: workflow: ${what}: ${KILLS} kills; ${parts.size} parts, ${again} sent again (limit ${KILLS * AT_ONCE}); ` +
        `${cos.count("PutObject")} PUTs of ${OBJECTS} objects; ${seconds.toFixed(1)} s`,
    );
    expect(again).toBeLessThanOrEqual(KILLS * AT_ONCE);
  });
});
