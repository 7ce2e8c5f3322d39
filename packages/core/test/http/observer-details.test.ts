import { afterEach, describe, expect, test, vi } from "vitest";
import { IntegrityError, TransportError } from "../../src/errors.ts";
import { Observer } from "../../src/http/observer.ts";
import type { RequestEvent, RetryEvent } from "../../src/http/request-events.ts";
import type { RequestSpec } from "../../src/http/request-spec.ts";
import type { CosOptions } from "../../src/options.ts";
import { diagnosticsOf } from "../../src/runtime/diagnostics.ts";
import { Bucket, clientOf, Key, SecretId, SecretKey } from "../support/client.ts";
import { MemoryTarget } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { cosResponse, errorDocument, refusal, type Step, scriptedWire } from "../support/wire.ts";
import { wireCos } from "../support/wire-cos.ts";

const stored = (): Step => cosResponse(200, { etag: '"e"' });

function rig(steps: readonly Step[], options: CosOptions = {}) {
  const clock = new VirtualClock();
  const { runtime } = scriptedWire(clock, steps);
  return { clock, cos: clientOf(runtime, clock, options) };
}

describe("an observer that nobody watches", () => {
  /** A request that nobody may look at. */
  const unread = new Proxy({} as RequestSpec, {
    get: (_, name) => {
      throw new Error(`${String(name)} was read`);
    },
  });

  test.each([
    ["without channels", undefined],
    ["without subscribers", diagnosticsOf(() => ({ hasSubscribers: false, publish: () => {} }))],
  ])("%s makes no event, and looks neither at the request nor at the clock", (_name, channels) => {
    const clock = new VirtualClock();
    const now = vi.spyOn(clock, "now");
    expect(new Observer(clock, {}, channels).begin(unread, 1)).toBeUndefined();
    expect(now).not.toHaveBeenCalled();
  });

  test.each(["onRequest", "onRetry"])("is watched when there is only %s", async (name) => {
    const hook = vi.fn();
    const { clock, cos } = rig([refusal(503, "SlowDown"), stored()], { [name]: hook });
    await clock.run(cos.headObject({ Bucket, Key }));
    const attempts = hook.mock.calls.map(([event]) => [event.attempt, "delayMs" in event]);
    const both = [
      [1, false],
      [2, false],
    ];
    expect(attempts).toEqual(name === "onRetry" ? [[1, true]] : both);
  });
});

describe("an attempt for hooks", () => {
  test("begins when the credentials are there", async () => {
    const events: RequestEvent[] = [];
    let clock: VirtualClock | undefined;
    const credentials = async () => {
      await clock?.sleep(5_000);
      return { SecretId, SecretKey };
    };
    const made = rig([stored()], { credentials, onRequest: (event) => events.push(event) });
    clock = made.clock;
    const start = clock.now();
    await clock.run(made.cos.headObject({ Bucket, Key }));
    expect(events).toMatchObject([{ startedAt: start + 5_000, durationMs: 0 }]);
  });

  test("is none when the provider of credentials fails", async () => {
    const onRequest = vi.fn();
    const credentials = () => Promise.reject(new Error("no credentials today"));
    const { clock, cos } = rig([], { credentials, onRequest });
    await expect(clock.run(cos.headObject({ Bucket, Key }))).rejects.toThrow("no credentials today");
    expect(onRequest).not.toHaveBeenCalled();
  });

  test("has the request id of the document when no header has it", async () => {
    const events: RequestEvent[] = [];
    const document = errorDocument("NoSuchKey", "", "<RequestId>fromDocument</RequestId>");
    const { clock, cos } = rig([cosResponse(404, { "x-cos-request-id": "" }, document)], {
      backupDomain: false,
      onRequest: (event) => events.push(event),
    });
    await expect(clock.run(cos.getObject({ Bucket, Key }))).rejects.toThrow("NoSuchKey");
    expect(events).toMatchObject([{ requestId: "fromDocument", status: 404, errorCode: "not-found" }]);
  });
});

describe("a request that is sent again after its own attempts", () => {
  const request = { operation: "putObject", method: "PUT", Bucket, Key } as const;
  const unknown = { status: undefined, durationMs: undefined, requestId: undefined };

  function observed() {
    const clock = new VirtualClock();
    const retries: RetryEvent[] = [];
    const observer = new Observer(clock, { onRetry: (event) => retries.push(event) }, undefined);
    return { clock, observer, retries };
  }

  test("is a retry of its last attempt, when that has failed", () => {
    const { clock, observer, retries } = observed();
    const startedAt = clock.now();
    const failure = new TransportError("no response", "timeout");
    const event = observer.begin({ ...request, query: [], headers: {}, idempotent: false }, 3);
    if (event !== undefined) observer.failed(event, failure, undefined);
    observer.repeats(failure, 500, { ...request, operation: "createMultipartUpload", method: "POST" });
    const { code: errorCode } = failure;
    expect(retries).toEqual([
      { ...request, ...unknown, attempt: 3, startedAt, durationMs: 0, errorCode, delayMs: 500 },
    ]);
  });

  test("is a retry of a first attempt, when its response did not verify", () => {
    const { clock, observer, retries } = observed();
    const failure = new IntegrityError("other bytes", { expected: "1", actual: "2" });
    observer.repeats(failure, 0, request);
    const { code: errorCode } = failure;
    expect(retries).toEqual([
      { ...request, ...unknown, attempt: 1, startedAt: clock.now(), errorCode, delayMs: 0 },
    ]);
  });
});

test("guarded() passes on what a callback throws, where that may end the call", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const guarded = new Observer(new VirtualClock(), {}, undefined).guarded("onObject", fail, true);
  expect(() => guarded?.()).toThrow("broken hook");
  expect(warn).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

describe("an upload of several parts", () => {
  const KB = 1024;
  afterEach(() => void vi.restoreAllMocks());

  /** Uploads 21 parts, and returns the requests. The first attempt of each request is refused. */
  async function upload(options: CosOptions) {
    const clock = new VirtualClock();
    const target = new MemoryTarget(clock);
    target.minimumPart = 64 * KB;
    const { runtime, sent } = wireCos(clock, target);
    const refused = new Set<string>();
    const cos = clientOf(
      {
        ...runtime,
        defaults: { ...runtime.defaults, partUnit: 64 * KB },
        send: async (request) => {
          if (refused.has(request.url)) return runtime.send(request);
          refused.add(request.url);
          return refusal(503, "SlowDown");
        },
      },
      clock,
      { Token: "canaryToken", ...options },
    );
    const { partsSent } = await clock.run(cos.uploadFile({ Bucket, Key, Body: pattern(21 * 64 * KB) }));
    expect([partsSent, target.object?.bytes.length]).toEqual([21, 21 * 64 * KB]);
    return sent;
  }

  test("has events of these fields only, in which no signature, token or upload id is", async () => {
    const events: (RequestEvent | RetryEvent)[] = [];
    const see = (event: RequestEvent): unknown => events.push(event);
    const sent = await upload({ onRequest: see, onRetry: see });
    const names = ["operation", "method", "Bucket", "Key", "attempt", "startedAt", "status", "durationMs"];
    const fields = [...names, "requestId", "errorCode"].sort();
    const found = new Set(events.map((event) => Object.keys(event).sort().join()));
    expect(found).toEqual(new Set([fields.join(), [...fields, "delayMs"].sort().join()]));
    const text = JSON.stringify(events);
    for (const { headers } of sent) {
      const [, signature = "-"] = /q-signature=(\w+)/.exec(headers.authorization ?? "") ?? [];
      expect(text).not.toContain(signature);
    }
    for (const secret of [SecretId, SecretKey, "canaryToken", "uploadId"]) expect(text).not.toContain(secret);
  });

  test.each([
    ["onRequest", { onRequest: fail }],
    ["onRetry", { onRetry: fail }],
    ["both, later", { onRequest: failLater, onRetry: failLater }],
  ])("is not broken by a hook that fails: %s", async (_name, hooks) => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    await upload(hooks);
    expect(warn).toHaveBeenCalledTimes(1);
  });
});

function fail(): void {
  throw new Error("broken hook");
}

async function failLater(): Promise<void> {
  throw new Error("broken hook");
}
