// What docs/workers-edges.md says of the platform, and that the uploader is right at its edges.
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { seenHere } from "./differences.mjs";
import { stored } from "./objects.ts";
import { type Cos, installedVersion, startCos, startWorker, type Worker } from "./rig.ts";

let cos: Cos;
let worker: Worker;

beforeAll(async () => {
  cos = await startCos();
  worker = await startWorker("edges", {
    bindings: { ENDPOINT: cos.endpoint },
    more: {
      queueProducers: { QUEUE: "edges" },
      queueConsumers: { edges: { maxBatchSize: 1, maxBatchTimeout: 0.1 } },
      workflows: { STEPS: { name: "edges", className: "Steps" } },
    },
  });
  const r2 = await worker.r2();
  await r2.put("eleven", "hello world");
  await r2.put("empty", "");
});
afterAll(async () => {
  await worker.stop();
  await cos.stop();
});

test("docs/workers-edges.md names the versions of this run", () => {
  const page = readFileSync(new URL("../../docs/workers-edges.md", import.meta.url), "utf8");
  for (const name of ["miniflare", "workerd"]) expect(page).toContain(`${name} ${installedVersion(name)}`);
});

async function seen<T>(path: string): Promise<T> {
  const response = await worker.fetch(path);
  return ((await response.json()) as { seen: T }).seen;
}

/** Asks again until the response is as it must become. */
async function until<T>(path: string, isRight: (value: T) => boolean): Promise<T> {
  for (;;) {
    const value = await seen<T>(path);
    if (isRight(value)) return value;
    await pause(50);
  }
}

const RESULT = { partsSent: 1, size: 5 };
const WITHOUT_CODE = {
  name: "Error",
  message: expect.stringMatching(/^ServiceError: headObject of missing/),
};

describe("a view of WASM memory takes the whole memory along", () => {
  test("into Durable Object storage, and a copy does not", async () => {
    expect(await seen("storeView")).toBe(
      seenHere("10 bytes of a WASM memory of 4 MiB, put into the storage of a Durable Object"),
    );
    expect(await seen("storeView?copied")).toBe("10 of 10");
  });

  test("over RPC, and a copy does not", async () => {
    expect(await seen("rpcView")).toBe("10 of 4194304");
    expect(await seen("rpcView?copied")).toBe("10 of 10");
  });

  test("into a queue, which refuses it, and takes a copy", async () => {
    expect(await seen("send")).toMatch(/^Error: /);
    expect(await seen("send?copied")).toBe("sent");
    expect(await until<string[]>("received", (bodies) => bodies.length > 0)).toEqual(["10 of 10"]);
  });

  test("into the result of a step, and a copy does not", async () => {
    const view = await ended(await seen<string>("step?step=view"));
    expect(said(view.output)).toBe(seenHere("the same 10 bytes, returned by the step of a Workflow"));
    const copy = await ended(await seen<string>("step?step=copy"));
    expect(copy).toMatchObject({ status: "complete", output: "10 of 10" });
  });
});

/** The output of an instance, or the error that it caught. */
function said(output: unknown): string {
  if (typeof output === "string") return output;
  const { name, message } = (output as { caught: Error }).caught;
  return `${name}: ${message}`;
}

interface StepStatus {
  readonly status: string;
  readonly output?: unknown;
  readonly error?: { readonly name: string; readonly message: string };
}

function ended(id: string): Promise<StepStatus> {
  return until<StepStatus>(`stepStatus?id=${id}`, ({ status }) => /^(complete|errored)$/.test(status));
}

describe("what the uploader returns can be", () => {
  test("stored in a Durable Object", async () => {
    expect(await seen("storeResult")).toMatchObject(RESULT);
  });

  test("passed over RPC", async () => {
    expect(await seen("rpcResult")).toMatchObject(RESULT);
  });

  test("sent to a queue", async () => {
    expect(await seen("sendResult")).toBe("sent");
    const bodies = await until<string[]>("received", (all) => all.some((body) => body.startsWith("{")));
    expect(JSON.parse(bodies.find((body) => body.startsWith("{")) ?? "")).toMatchObject(RESULT);
  });

  test("returned by a step", async () => {
    const id = await seen<string>("step?step=uploadFile");
    expect(await ended(id)).toMatchObject({ status: "complete", output: RESULT });
  });
});

describe("a step", () => {
  test.each(["response", "getObject"])(
    "that returns a body (%s) ends the instance, past its catch",
    async (step) => {
      await ended(await seen<string>("step?step=uploadFile"));
      const { status, error } = await ended(await seen<string>(`step?step=${step}`));
      expect(status).toBe("errored");
      expect(error).toMatchObject({ name: "WorkflowFatalError" });
      expect(error?.message).toContain("not serialisable");
    },
  );

  test("that throws a CosError: its message comes through, its code does not", async () => {
    const { output } = await ended(await seen<string>("step?step=fails"));
    expect(output).toEqual({ caught: WITHOUT_CODE });
  });
});

test("a CosError over RPC: its message comes through, its code only from 2026-04-21 on", async () => {
  expect(await seen("rpcError")).toEqual(WITHOUT_CODE);
  const newer = await startWorker("edges", {
    bindings: { ENDPOINT: cos.endpoint },
    more: { compatibilityDate: "2026-04-21" },
  });
  try {
    const { seen: error } = (await (await newer.fetch("rpcError")).json()) as { seen: unknown };
    expect(error).toMatchObject({ name: "ServiceError", code: "not-found" });
  } finally {
    await newer.stop();
  }
});

describe("an alarm that throws", () => {
  interface Calls {
    readonly calls: readonly { readonly retryCount: number }[];
    readonly isArmed: boolean;
  }

  test("is tried again, unless it has set the next alarm before", async () => {
    await seen("arm?object=late&next=late");
    await seen("arm?object=none");
    const twice = await until<Calls>("calls?object=none", ({ calls }) => calls.length === 2);
    expect(twice.calls.map(({ retryCount }) => retryCount)).toEqual([0, 1]);
    expect(await seen("calls?object=late")).toEqual({ calls: [{ retryCount: 0 }], isArmed: true });
  });

  test("and has set the next one, is called at that time as if nothing had failed", async () => {
    await seen("arm?object=soon&next=soon");
    const { calls } = await until<Calls>("calls?object=soon", (so) => so.calls.length === 2);
    expect(calls.map(({ retryCount }) => retryCount)).toEqual([0, 0]);
  });
});

describe("a range of an R2 object", () => {
  test.each([
    ["of length 0", "range?from=eleven&offset=0&length=0"],
    ["of the last 0 bytes", "range?from=eleven&suffix=0"],
    ["from its size on", "range?from=eleven&offset=11"],
    ["from its size on, of length 1", "range?from=eleven&offset=11&length=1"],
    ["from 0 on, of an empty object", "range?from=empty&offset=0"],
  ])("%s is an error", async (_name, path) => {
    expect(await seen(path)).toMatch(/^Error: get: /);
  });

  const WHOLE = { text: "hello world", range: { offset: 0, length: 11 } };
  test.each([
    [
      "past its end is cut",
      "range?from=eleven&offset=6&length=100",
      { text: "world", range: { offset: 6, length: 5 } },
    ],
    [
      "by a Range header",
      "range?from=eleven&headers=bytes=6-",
      { text: "world", range: { offset: 6, length: 5 } },
    ],
    ["by a Range header from its size on is the whole object", "range?from=eleven&headers=bytes=11-", WHOLE],
    [
      "by a Range header with two ranges is the whole object",
      "range?from=eleven&headers=bytes=0-1,3-4",
      WHOLE,
    ],
    ["by a Range header in another unit is the whole object", "range?from=eleven&headers=lines=1-2", WHOLE],
  ])("%s", async (_name, path, expected) => {
    expect(await seen(path)).toEqual(expected);
  });

  test.each([
    ["the last bytes", "", 5],
    ["a Range header", "?headers=bytes=6-", 5],
    ["a Range header that R2 ignores", "?headers=bytes=11-", 11],
  ])("%s, uploaded: as many bytes as R2 gives", async (_name, query, size) => {
    expect(await seen(`uploadRange${query}`)).toMatchObject({ size });
    expect((await stored(cos, "range"))?.size).toBe(size);
  });
});

describe("a stream that declares 5 bytes and has 11", () => {
  test("is cut in silence by fetch", async () => {
    expect(await seen("declared")).toBe(200);
    expect((await stored(cos, "declared"))?.size).toBe(5);
  });

  test("is uploaded whole", async () => {
    expect(await seen("declared?upload")).toBe(11);
    expect((await stored(cos, "declared"))?.size).toBe(11);
  });
});
