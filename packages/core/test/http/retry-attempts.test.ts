import { describe, expect, test } from "vitest";
import { ServiceError, TransportError } from "../../src/errors.ts";
import { caughtAs } from "../support/caught.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { Broken, cosResponse, proxyResponse, refusal, type Step, scriptedWire } from "../support/wire.ts";

const done = (): Step => cosResponse(204);
const initiated = (): Step =>
  cosResponse(
    200,
    {},
    "<InitiateMultipartUploadResult><UploadId>u1</UploadId></InitiateMultipartUploadResult>",
  );

function rig(steps: readonly Step[], maxAttempts?: number) {
  const clock = new VirtualClock();
  const wire = scriptedWire(clock, steps);
  const options = maxAttempts === undefined ? {} : { maxAttempts };
  return { clock, wire, cos: clientOf(wire.runtime, clock, options) };
}

/** Deleting is idempotent. */
function deletes(steps: readonly Step[], maxAttempts?: number) {
  const { clock, wire, cos } = rig(steps, maxAttempts);
  return { clock, wire, result: clock.run(cos.deleteObject({ Bucket, Key })) };
}

/** Initiate is not. */
function initiates(steps: readonly Step[]) {
  const { clock, wire, cos } = rig(steps);
  return { clock, wire, result: clock.run(cos.createMultipartUpload({ Bucket, Key })) };
}

describe("sendWithRetry() of an idempotent request", () => {
  test.each([
    ["500", () => refusal(500, "InternalError")],
    ["503 SlowDown", () => refusal(503, "SlowDown")],
    ["429", () => cosResponse(429)],
    ["408", () => cosResponse(408)],
    ["400 IncompleteBody", () => refusal(400, "IncompleteBody")],
    ["a failed connect", () => new Broken("connect")],
    ["a reset", () => new Broken("reset")],
    ["a timeout", () => new Broken("timeout")],
    ["an unknown failure", () => new Broken("unknown")],
  ])("is retried after %s", async (_, step) => {
    const { wire, result } = deletes([step(), done()]);
    await result;
    expect(wire.sent).toHaveLength(2);
  });

  test.each([
    [403, "AccessDenied"],
    [404, "NoSuchBucket"],
    [409, "PathConflict"],
    [400, "InvalidArgument"],
    [501, "NotImplemented"],
  ])("is not retried after %i %s", async (status, code) => {
    const { wire, result } = deletes([refusal(status, code)]);
    expect(await caughtAs(result, ServiceError)).toMatchObject({ status, cosCode: code });
    expect(wire.sent).toHaveLength(1);
  });

  test("is sent eight times by default, with jittered waits that double", async () => {
    const { wire, result } = deletes(Array.from({ length: 8 }, () => refusal(500, "InternalError")));
    await caughtAs(result, ServiceError);
    expect(wire.sent).toHaveLength(8);
    const pauses = wire.times.slice(1).map((time, index) => time - (wire.times[index] ?? 0));
    pauses.forEach((pause, index) => {
      expect(pause).toBeLessThanOrEqual(Math.min(20_000, 200 * 2 ** index));
    });
    expect(Math.max(...pauses)).toBeGreaterThan(1000);
  });

  test("is sent once with maxAttempts 1, also after a reset or to another host", async () => {
    for (const step of [new Broken("reset"), new Broken("connect"), proxyResponse(502)]) {
      const { wire, result } = deletes([step], 1);
      await expect(result).rejects.toThrow();
      expect(wire.sent).toHaveLength(1);
    }
  });

  test("has the number of attempts in a TransportError", async () => {
    const { result } = deletes([new Broken("timeout"), new Broken("timeout"), new Broken("timeout")], 3);
    expect(await caughtAs(result, TransportError)).toMatchObject({ attempts: 3, failure: "timeout" });
  });

  test("is signed again for each attempt", async () => {
    const { wire, result } = deletes([
      refusal(503, "SlowDown", "", { "retry-after": "55" }),
      ...Array.from({ length: 6 }, () => refusal(503, "SlowDown", "", { "retry-after": "60" })),
      done(),
    ]);
    await result;
    const signatures = wire.sent.map(({ headers }) => headers.authorization);
    expect(new Set(signatures).size).toBeGreaterThan(1);
  });
});

describe("sendWithRetry() after a reset", () => {
  test("is retried at once on a new connection", async () => {
    const { wire, result } = deletes([new Broken("reset"), done()]);
    await result;
    expect(wire.times[1]).toBe(wire.times[0]);
    expect(wire.sent.map(({ freshConnection }) => freshConnection)).toEqual([false, true]);
  });

  test("waits before the third attempt, and uses no pooled connection", async () => {
    const { wire, result } = deletes([new Broken("reset"), new Broken("reset"), done()]);
    await result;
    expect(wire.times[2]).toBeGreaterThan(wire.times[1] ?? 0);
    expect(wire.sent[2]?.freshConnection).toBe(true);
  });
});

describe("sendWithRetry() of a request that is not idempotent", () => {
  test.each([
    ["a reset", () => new Broken("reset")],
    ["a timeout", () => new Broken("timeout")],
    ["an unknown failure", () => new Broken("unknown")],
    ["500", () => refusal(500, "InternalError")],
    ["502 from a proxy", () => proxyResponse(502)],
    ["503 from a proxy, which may have lost COS's response", () => proxyResponse(503)],
    ["503 of COS, which may have begun it", () => refusal(503, "ServiceUnavailable")],
  ])("is not retried after %s", async (_, step) => {
    const { wire, result } = initiates([step()]);
    await expect(result).rejects.toThrow();
    expect(wire.sent).toHaveLength(1);
  });

  test.each([
    ["a failed connect", () => new Broken("connect")],
    ["503 SlowDown", () => refusal(503, "SlowDown")],
    ["RequestTimeout", () => refusal(400, "RequestTimeout")],
    ["IncompleteBody", () => refusal(400, "IncompleteBody")],
    ["429", () => cosResponse(429)],
  ])("is retried after %s, when COS has not acted", async (_, step) => {
    const { wire, result } = initiates([step(), initiated()]);
    expect((await result).UploadId).toBe("u1");
    expect(wire.sent).toHaveLength(2);
  });
});

describe("sendWithRetry() and Retry-After", () => {
  test.each([
    ["seconds", "7", 7000],
    ["a date", "Tue, 14 Nov 2023 22:13:50 GMT", 30_000],
    ["an absurd number, capped", "86400", 60_000],
  ])("waits for %s, within 5 %%", async (_, value, expected) => {
    const { wire, result } = deletes([refusal(503, "SlowDown", "", { "retry-after": value }), done()]);
    await result;
    const pause = (wire.times[1] ?? 0) - (wire.times[0] ?? 0);
    expect(pause).toBeGreaterThanOrEqual(expected);
    expect(pause).toBeLessThanOrEqual(expected * 1.05);
  });
});

describe("sendWithRetry() when every request fails", () => {
  test("stops after about a hundred retries for any number of failing calls, and recovers with the first success", async () => {
    const clock = new VirtualClock();
    let storm = true;
    const sent: number[] = [];
    const wire = scriptedWire(clock, []);
    const runtime = {
      ...wire.runtime,
      send: async () => {
        sent.push(clock.now());
        return storm ? refusal(503, "ServiceUnavailable") : cosResponse(204);
      },
    };
    const cos = clientOf(runtime, clock);
    const calls = Array.from({ length: 100 }, () => cos.deleteObject({ Bucket, Key }).catch(() => "failed"));
    expect(new Set(await clock.run(Promise.all(calls)))).toEqual(new Set(["failed"]));
    expect(sent).toHaveLength(200);
    await clock.run(cos.deleteObject({ Bucket, Key }).catch(() => {}));
    expect(sent).toHaveLength(201);
    storm = false;
    for (let call = 0; call < 5; call += 1) await clock.run(cos.deleteObject({ Bucket, Key }));
    storm = true;
    await clock.run(cos.deleteObject({ Bucket, Key }).catch(() => {}));
    expect(sent).toHaveLength(208);
  });
});
