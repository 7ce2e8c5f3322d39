import { channel, subscribe, unsubscribe } from "node:diagnostics_channel";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { RequestEvent, RetryEvent } from "../../src/http/request-events.ts";
import type { CosOptions } from "../../src/options.ts";
import { diagnosticsOf } from "../../src/runtime/diagnostics.ts";
import { Bucket, clientOf, Key, SecretId, SecretKey } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { Broken, cosResponse, refusal, type Step, scriptedWire } from "../support/wire.ts";

const NAMES = ["cosup:request:start", "cosup:request:end", "cosup:request:error", "cosup:retry"] as const;
const stored = (headers = {}): Step => cosResponse(200, { etag: '"e"', ...headers });

function rig(steps: readonly Step[], options: CosOptions = {}) {
  const clock = new VirtualClock();
  const wire = scriptedWire(clock, steps);
  const runtime = { ...wire.runtime, diagnostics: diagnosticsOf(channel) };
  return { clock, wire, cos: clientOf(runtime, clock, options) };
}

/** Takes `ms` before it responds. */
const after =
  (clock: () => VirtualClock, ms: number, response: () => Step): Step =>
  async (request) => {
    await clock().sleep(ms);
    const step = response();
    if (step instanceof Broken || step === "hang") throw step;
    return typeof step === "function" ? step(request) : step;
  };

describe("onRequest and onRetry", () => {
  test("receive every attempt when it has ended, and the pause before the next", async () => {
    const requests: RequestEvent[] = [];
    const retries: RetryEvent[] = [];
    const hooks = {
      onRequest: (event: RequestEvent) => requests.push({ ...event }),
      onRetry: (event: RetryEvent) => retries.push(event),
    };
    let now: VirtualClock;
    const steps = [
      after(
        () => now,
        30,
        () => new Broken("unknown"),
      ),
      after(
        () => now,
        20,
        () => refusal(503, "SlowDown", "", { "retry-after": "7" }),
      ),
      after(() => now, 10, stored),
    ];
    const { clock, cos } = rig(steps, hooks);
    now = clock;
    const start = clock.now();
    await clock.run(cos.headObject({ Bucket, Key }));
    const same = { operation: "headObject", method: "HEAD", Bucket, Key };
    expect(requests).toEqual([
      {
        ...same,
        attempt: 1,
        startedAt: start,
        status: undefined,
        durationMs: 30,
        requestId: undefined,
        errorCode: "transport-failed",
      },
      {
        ...same,
        attempt: 2,
        startedAt: expect.any(Number),
        status: 503,
        durationMs: 20,
        requestId: "NjU1Y2I=",
        errorCode: "throttled",
      },
      {
        ...same,
        attempt: 3,
        startedAt: expect.any(Number),
        status: 200,
        durationMs: 10,
        requestId: "NjU1Y2I=",
        errorCode: undefined,
      },
    ]);
    expect(retries).toHaveLength(2);
    expect(retries[0]).toEqual({ ...requests[0], delayMs: expect.any(Number) });
    expect(retries[1]).toEqual({ ...requests[1], delayMs: expect.any(Number) });
    const pauses = retries.map(({ delayMs }) => delayMs);
    expect(pauses[1]).toBeGreaterThanOrEqual(7000);
    expect(requests[1]?.startedAt).toBe(start + 30 + (pauses[0] ?? 0));
    expect(requests[2]?.startedAt).toBe(start + 50 + (pauses[0] ?? 0) + (pauses[1] ?? 0));
  });

  test("see the last failure and no retry after it; of a request for a bucket, no key", async () => {
    const requests: RequestEvent[] = [];
    const onRetry = vi.fn();
    const options = { onRequest: (event: RequestEvent) => requests.push(event), onRetry, maxAttempts: 1 };
    const { clock, cos } = rig([refusal(503, "SlowDown")], options);
    await expect(clock.run(cos.request({ Method: "GET", Bucket }))).rejects.toThrow("SlowDown");
    expect(requests).toMatchObject([{ operation: "request", Key: "", errorCode: "throttled", status: 503 }]);
    expect(onRetry).not.toHaveBeenCalled();
  });

  test.each([
    ["an object", { requestId: "of the caller" }],
    ["a text", "enough"],
  ])("see that the caller has aborted an attempt, with %s as the reason", async (_, reason) => {
    const requests: RequestEvent[] = [];
    const controller = new AbortController();
    const { clock, cos } = rig(["hang"], { onRequest: (event) => requests.push(event) });
    clock.timer(40, () => controller.abort(reason));
    const call = cos.headObject({ Bucket, Key, signal: controller.signal });
    await expect(clock.run(call)).rejects.toBe(reason);
    const ended = { errorCode: "aborted", durationMs: 40, status: undefined, requestId: undefined };
    expect(requests).toMatchObject([ended]);
  });

  test("see a response without what COS always sends as a failure", async () => {
    const requests: RequestEvent[] = [];
    const { clock, cos } = rig([cosResponse(200), stored()], {
      onRequest: (event) => requests.push({ ...event }),
    });
    await clock.run(cos.headObject({ Bucket, Key }));
    expect(requests.map(({ status, errorCode }) => [status, errorCode])).toEqual([
      [200, "unexpected-response"],
      [200, undefined],
    ]);
  });

  test("receive no secret, token, signature, query or header", async () => {
    const events: unknown[] = [];
    const see = (event: unknown): unknown => events.push(event);
    const { clock, cos, wire } = rig([refusal(503, "SlowDown"), stored()], {
      Token: "canaryToken",
      onRequest: see,
      onRetry: see,
    });
    const headers = { "x-cos-server-side-encryption-customer-key": "canaryCustomerKey" };
    await clock.run(cos.headObject({ Bucket, Key, VersionId: "canaryVersion", headers }));
    const text = JSON.stringify(events);
    const [, signature = "-"] = /q-signature=(\w+)/.exec(wire.sent[0]?.headers.authorization ?? "") ?? [];
    expect(events).toHaveLength(3);
    for (const secret of [SecretKey, SecretId, signature, "canary"]) expect(text).not.toContain(secret);
  });
});

describe("a hook that does not fail", () => {
  afterEach(() => void vi.restoreAllMocks());

  test.each<[string, CosOptions]>([
    ["onRequest", { onRequest: () => 5 }],
    ["onRetry", { onRetry: () => null }],
  ])("may return anything, and %s may be the only one", async (_name, options) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { clock, cos } = rig([refusal(503, "SlowDown"), stored()], options);
    await clock.run(cos.headObject({ Bucket, Key }));
    await clock.idle();
    expect(warn).not.toHaveBeenCalled();
  });
});

describe("a hook that fails", () => {
  afterEach(() => void vi.restoreAllMocks());

  test.each<[string, CosOptions["onRequest"]]>([
    [
      "by an exception",
      () => {
        throw new Error("broken hook");
      },
    ],
    ["by a rejection", async () => Promise.reject(new Error("broken hook"))],
  ])("%s breaks no request, and is reported once", async (_name, hook) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const { clock, cos } = rig([refusal(503, "SlowDown"), stored(), stored()], {
      onRequest: hook,
      onRetry: hook,
    });
    await clock.run(cos.headObject({ Bucket, Key }));
    await clock.run(cos.headObject({ Bucket, Key }));
    await clock.idle();
    expect(warn.mock.calls).toEqual([["cosup: onRequest failed; what it throws is ignored: broken hook"]]);
  });
});

test.each([
  ["onRequest", [stored()]],
  ["onRetry", [refusal(503, "SlowDown"), stored()]],
] as const)("the warning about a hook that fails names it: %s", async (name, steps) => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  try {
    const { clock, cos } = rig(steps, {
      [name]: () => {
        throw new Error("broken hook");
      },
    });
    await clock.run(cos.headObject({ Bucket, Key }));
    expect(warn.mock.calls).toEqual([[`cosup: ${name} failed; what it throws is ignored: broken hook`]]);
  } finally {
    warn.mockRestore();
  }
});

describe("diagnostics channels", () => {
  test("receive an attempt at its start and at its end as one object, and its retry", async () => {
    const seen: [string, object, number | undefined][] = [];
    const listener = (message: unknown, name: string | symbol): void => {
      const event = message as RequestEvent;
      seen.push([String(name), event, event.status]);
    };
    for (const name of NAMES) subscribe(name, listener);
    try {
      const { clock, cos } = rig([refusal(503, "SlowDown"), stored()]);
      await clock.run(cos.headObject({ Bucket, Key }));
    } finally {
      for (const name of NAMES) unsubscribe(name, listener);
    }
    expect(seen.map(([name, , status]) => [name, status])).toEqual([
      ["cosup:request:start", undefined],
      ["cosup:request:error", 503],
      ["cosup:retry", 503],
      ["cosup:request:start", undefined],
      ["cosup:request:end", 200],
    ]);
    expect(seen[0]?.[1]).toBe(seen[1]?.[1]);
    expect(seen[3]?.[1]).toBe(seen[4]?.[1]);
    expect(seen[3]?.[1]).not.toBe(seen[0]?.[1]);
    expect(structuredClone(seen[2]?.[1])).toMatchObject({ attempt: 1, delayMs: expect.any(Number) });
  });

  test.each(NAMES)("are published to when only %s has a subscriber", async (name) => {
    const listener = vi.fn();
    subscribe(name, listener);
    try {
      const { clock, cos } = rig([refusal(503, "SlowDown"), stored()]);
      await clock.run(cos.headObject({ Bucket, Key }));
    } finally {
      unsubscribe(name, listener);
    }
    expect(listener).toHaveBeenCalledTimes(name === "cosup:request:start" ? 2 : 1);
  });

  test("get nothing when nobody has subscribed, of a retry neither", async () => {
    const clock = new VirtualClock();
    const { runtime } = scriptedWire(clock, [refusal(503, "SlowDown"), stored()]);
    const silent = { hasSubscribers: false, publish: vi.fn() };
    const cos = clientOf({ ...runtime, diagnostics: diagnosticsOf(() => silent) }, clock);
    await clock.run(cos.headObject({ Bucket, Key }));
    expect(silent.publish).not.toHaveBeenCalled();
  });
});
