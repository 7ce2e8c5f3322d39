import { rmSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { crc64Of } from "../fixtures/crc64.ts";
import {
  allRight,
  call,
  partsAndRepeats,
  putLarge,
  putMany,
  putManyAndLarge,
  randomOf,
  replaceDuringMove,
  SECRET,
  type UnsureUpload,
} from "./moves-rig.ts";
import { observer, pattern, stored, unfinished, unfinishedIds } from "./objects.ts";
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
  readonly unsureUploads: readonly UnsureUpload[];
  readonly text: string;
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
    await allRight(cos, objects, (key) => key.replace("pages/", "p/"));
    expect(await unfinished(cos)).toBe(0);
    expect(status).toMatchObject({ unsure: 0, unsureUploads: [], text: "" });
    expect((await call(worker, "POST", "workflows", { id: "pages" })).status).toBe(409);
  });

  test("a large object that is replaced fails by name, and its upload is aborted", async () => {
    await replaceDuringMove(cos, worker, "workflows");
    const status = await finished("replaced");
    expect(status).toMatchObject({ state: "failed", done: 0, failures: [{ key: "replaced/large" }] });
    expect(status.failures[0]?.error).toContain("was replaced in R2");
    expect(await unfinished(cos)).toBe(0);
    expect(await stored(cos, "replaced/large")).toBeUndefined();
  });

  test.each(["done", "failed"])(
    "an upload of another program is left alone and reported: %s",
    async (state) => {
      const key = `${state}/large`;
      const blocks = [pattern(20 * MiB, 6)];
      await putLarge(await worker.r2(), key, blocks);
      const theirs = async (): Promise<string> =>
        (await observer(cos).createMultipartUpload({ Bucket, Key: key })).UploadId;
      const older = await theirs();
      let newer: string | undefined;
      cos.forget();
      cos.interfere(async ({ operation }, next) => {
        if (state === "failed" && operation === "UploadPart") return { status: 403, headers: {} };
        if (operation !== "InitiateMultipartUpload" || newer !== undefined) return next();
        // COS begins an upload, and its response is lost. The step is run again.
        newer = "";
        await next();
        newer = await theirs();
        return { status: 503, headers: {} };
      });
      await call(worker, "POST", "workflows", { id: `theirs-${state}`, prefix: `${state}/` });
      const status = await finished(`theirs-${state}`);
      cos.interfere(undefined);
      expect(status).toMatchObject({ state, unsure: 2 });
      const left = await unfinishedIds(cos);
      expect(left).toHaveLength(3);
      expect(left).toContain(older);
      expect(status.unsureUploads.map(({ uploadId }) => uploadId).sort()).toEqual(
        left.filter((id) => id !== older),
      );
      expect(status.text).toContain(`cosup uploads abort cos://${Bucket}/${key} --upload-id ${newer}`);
      // Its own is completed, or aborted.
      if (state === "failed") expect(cos.count("AbortMultipartUpload")).toBe(1);
      else expect(await stored(cos, key)).toEqual({ size: 20 * MiB, crc64: await crc64Of(blocks) });
      for (const UploadId of left) await observer(cos).abortMultipartUpload({ Bucket, Key: key, UploadId });
    },
  );

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
    const objects = await putManyAndLarge(await worker.r2(), "all/", OBJECTS, LARGE_MIB);
    /**
     * Cloudflare does this by itself: miniflare runs an instance of a killed process only when there is an event for it.
     * One that was not created before the kill is created by the instance of its page.
     */
    const resume = async (): Promise<void> => {
      const { WORKFLOWS } = await worker.miniflare.getBindings();
      for (const id of ["kills", "kills-L1"]) {
        const instance = await WORKFLOWS.get(id).catch(() => undefined);
        await instance?.sendEvent({ type: "wake", payload: {} });
      }
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
    await allRight(cos, objects, (key) => key.replace("all/", "here/"));
    // A kill during Initiate leaves an upload that may be of another program: none is left that is not reported.
    const reported = status.unsureUploads.map(({ uploadId }) => uploadId);
    expect(reported).not.toContain(theirs.UploadId);
    expect(await unfinishedIds(cos)).toEqual([...reported, theirs.UploadId].sort());
    const { parts, again } = partsAndRepeats(cos);
    console.log(
      `figure: workflow: ${what}: ${KILLS} kills; ${parts} parts, ${again} sent again (limit ${KILLS * AT_ONCE}); ` +
        `${cos.count("PutObject")} PUTs of ${OBJECTS} objects; ${seconds.toFixed(1)} s`,
    );
    expect(again).toBeLessThanOrEqual(KILLS * AT_ONCE);
  });
});
