import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { TransportError } from "../../src/errors.ts";
import { withinTime } from "../../src/http/call-timeout.ts";
import type { CosOptions } from "../../src/options.ts";
import { caughtAs } from "../support/caught.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { Broken, cosResponse, refusal, type Step, scriptedWire } from "../support/wire.ts";

function rig(steps: readonly Step[], options: CosOptions = {}) {
  const clock = new VirtualClock();
  const wire = scriptedWire(clock, steps);
  return { clock, wire, start: clock.now(), cos: clientOf(wire.runtime, clock, options) };
}

const busy = (): Step => refusal(503, "SlowDown");
const part = (number: number): Step =>
  cosResponse(
    200,
    {},
    `<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>${number}</NextPartNumberMarker>` +
      `<Part><PartNumber>${number}</PartNumber><ETag>e</ETag><Size>1</Size></Part></ListPartsResult>`,
  );

describe("maxAttempts of a call", () => {
  test("replaces the client's, for this call only", async () => {
    const { clock, wire, cos } = rig([busy(), busy(), busy(), busy(), busy()], { maxAttempts: 3 });
    await clock.run(cos.headObject({ Bucket, Key, maxAttempts: 2 }).catch(() => {}));
    expect(wire.sent).toHaveLength(2);
    await clock.run(cos.headObject({ Bucket, Key }).catch(() => {}));
    expect(wire.sent).toHaveLength(5);
  });
});

describe("responseTimeoutMs", () => {
  test.each<[string, CosOptions, { responseTimeoutMs?: number }, number]>([
    ["of the client", { responseTimeoutMs: 500 }, {}, 500],
    ["of a call", {}, { responseTimeoutMs: 2500 }, 2500],
    ["of a call rather than the client's", { responseTimeoutMs: 500 }, { responseTimeoutMs: 90_000 }, 90_000],
  ])("%s ends an attempt without a response", async (_name, options, more, afterMs) => {
    const { clock, start, cos } = rig(["hang"], { maxAttempts: 1, ...options });
    const error = await caughtAs(clock.run(cos.headObject({ Bucket, Key, ...more })), TransportError);
    expect(error).toMatchObject({ code: "timeout", retryable: true });
    expect(error.message).toBe(`headObject: no response within ${afterMs / 1000} s`);
    expect(clock.now() - start).toBe(afterMs);
  });

  test("does not shorten the time that COS needs for Complete; a longer one counts", async () => {
    const MultipartUpload = { Part: [{ PartNumber: 1, ETag: "e" }] };
    for (const [responseTimeoutMs, afterMs] of [
      [500, 900_000],
      [1_200_000, 1_200_000],
    ] as const) {
      const { clock, start, cos } = rig(["hang"]);
      const call = { Bucket, Key, UploadId: "u", MultipartUpload, maxAttempts: 1, responseTimeoutMs };
      await caughtAs(clock.run(cos.completeMultipartUpload(call)), TransportError);
      // The body is short, but on its way it may take some milliseconds.
      expect(Math.round((clock.now() - start) / 1000)).toBe(afterMs / 1000);
    }
  });

  test("is also the time between two chunks of a body", async () => {
    const stalled = Object.defineProperty(cosResponse(200, { etag: '"e"' }, "x"), "body", {
      value: new ReadableStream({ pull: () => new Promise<void>(() => {}) }),
    });
    const { clock, start, cos } = rig([stalled]);
    const { Body } = await clock.run(cos.getObject({ Bucket, Key, responseTimeoutMs: 700 }));
    const error = await caughtAs(clock.run(Body.getReader().read()), TransportError);
    expect(error.message).toBe("getObject: no more of the body within 0.7 s");
    expect(clock.now() - start).toBe(700);
  });
});

describe("timeoutMs", () => {
  const LIMITS: readonly [string, CosOptions, { timeoutMs?: number }][] = [
    ["of the client", { timeoutMs: 3000 }, {}],
    ["of a call", {}, { timeoutMs: 3000 }],
    ["of a call rather than the client's", { timeoutMs: 5 }, { timeoutMs: 3000 }],
  ];

  test.each(LIMITS)("%s ends a request under way", async (_name, options, more) => {
    const { clock, wire, start, cos } = rig(["hang"], options);
    const error = await caughtAs(clock.run(cos.headObject({ Bucket, Key, ...more })), TransportError);
    expect(error).toMatchObject({ code: "timeout", failure: "timeout", retryable: true });
    expect(error.message).toBe("headObject: not done within 3000 ms (timeoutMs)");
    expect(clock.now() - start).toBe(3000);
    expect([wire.open(), clock.pending]).toEqual([0, 0]);
  });

  test("counts all attempts and the pauses between them", async () => {
    const late = refusal(503, "SlowDown", "", { "retry-after": "50" });
    const { clock, wire, start, cos } = rig([busy(), late]);
    await caughtAs(clock.run(cos.headObject({ Bucket, Key, timeoutMs: 3000 })), TransportError);
    expect(clock.now() - start).toBe(3000);
    expect(wire.sent).toHaveLength(2);
  });

  test("leaves nothing behind when the call ends in time", async () => {
    const { signal } = new AbortController();
    const { clock, cos } = rig([cosResponse(200, { etag: '"e"' }), new Broken("connect")], {
      maxAttempts: 1,
    });
    await clock.run(cos.headObject({ Bucket, Key, signal, timeoutMs: 3000 }));
    await clock.run(cos.headObject({ Bucket, Key, signal, timeoutMs: 3000 }).catch(() => {}));
    expect([clock.pending, getEventListeners(signal, "abort").length]).toEqual([0, 0]);
  });

  test("does not replace the caller's own reason", async () => {
    const controller = new AbortController();
    const reason = new Error("stop");
    const { clock, start, wire, cos } = rig(["hang"]);
    const call = { Bucket, Key, signal: controller.signal, timeoutMs: 3000 };
    clock.timer(1000, () => controller.abort(reason));
    await expect(clock.run(cos.headObject(call))).rejects.toBe(reason);
    expect(clock.now() - start).toBe(1000);
    await expect(clock.run(cos.headObject(call))).rejects.toBe(reason);
    expect(wire.sent).toHaveLength(1);
  });

  test("does not replace that reason later either, when the call goes on after it", async () => {
    const clock = new VirtualClock();
    const controller = new AbortController();
    let own: AbortSignal = controller.signal;
    const cleaningUp = withinTime(clock, "uploadFile", 3000, controller.signal, (signal) => {
      own = signal;
      return clock.sleep(5000);
    });
    controller.abort("stop");
    await clock.run(cleaningUp);
    expect(own.reason).toBe("stop");
  });

  test("does not limit how long a returned body is read", async () => {
    const { clock, cos } = rig([cosResponse(200, { etag: '"e"' }, "text")]);
    const { Body } = await clock.run(cos.getObject({ Bucket, Key, timeoutMs: 3000 }));
    await clock.advance(10_000);
    expect(await clock.run(new Response(Body).text())).toBe("text");
  });

  test("does not limit an iterator", async () => {
    const { signal } = new AbortController();
    const { clock, cos } = rig([part(1), part(2)], { timeoutMs: 3000 });
    const parts = cos.eachPart({ Bucket, Key, UploadId: "u", signal });
    expect((await clock.run(parts.next())).value?.PartNumber).toBe(1);
    await clock.advance(10_000);
    expect((await clock.run(parts.next())).value?.PartNumber).toBe(2);
    await parts.return();
    expect([clock.pending, getEventListeners(signal, "abort").length]).toEqual([0, 0]);
  });
});
