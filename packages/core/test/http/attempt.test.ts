import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { CosError, TransportError } from "../../src/errors.ts";
import type { Sha1 } from "../../src/runtime/sha1.ts";
import type { WireRequest } from "../../src/runtime/wire.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { Bucket, clientOf, Key, SecretId, SecretKey } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { Broken, cosResponse, type Step, scriptedWire } from "../support/wire.ts";

const object = { Bucket, Key };
const part = { ...object, UploadId: "u", PartNumber: 1 };

function rig(steps: readonly Step[], options: Parameters<typeof clientOf>[2] = {}) {
  const clock = new VirtualClock();
  const wire = scriptedWire(clock, steps);
  return { clock, wire, cos: clientOf(wire.runtime, clock, options) };
}

describe("a request", () => {
  test("has its method, body and headers, and no token when the credentials have none", async () => {
    const { clock, wire, cos } = rig([cosResponse(200, { etag: '"e"' })]);
    const Body = new Uint8Array([1, 2, 3]);
    await clock.run(cos.uploadPart({ ...part, Body }));
    const [request] = wire.sent;
    expect(request).toMatchObject({ method: "PUT", body: Body, freshConnection: false });
    expect(Object.keys(request?.headers ?? {})).not.toContain("x-cos-security-token");
    expect(Object.keys(request?.headers ?? {})).not.toContain("host");
    expect(request?.headers["user-agent"]).toMatch(/^cosup\/.* \(test\)$/);
  });

  test("has the token of temporary credentials, and signs it", async () => {
    const { clock, wire, cos } = rig([cosResponse(204)], {
      credentials: () => ({ SecretId, SecretKey, Token: "temporary" }),
    });
    await clock.run(cos.deleteObject(object));
    const { headers } = wire.sent[0] as WireRequest;
    expect(headers["x-cos-security-token"]).toBe("temporary");
    expect(headers.authorization).toContain("q-header-list=host;x-cos-security-token&");
  });

  test("tells the runtime whether its response is buffered or streamed", async () => {
    const { clock, wire, cos } = rig([
      cosResponse(204),
      cosResponse(200, { etag: '"e"', "content-length": "0" }),
    ]);
    await clock.run(cos.deleteObject(object));
    await clock.run(cos.getObject(object));
    expect(wire.sent.map(({ bufferResponse }) => bufferResponse)).toEqual([true, false]);
  });

  test("fails as its runtime says, where that knows no permanent failures", async () => {
    const { clock, wire } = rig([new Broken("timeout")]);
    const { permanentFailure: _, ...runtime } = wire.runtime;
    const cos = clientOf(runtime, clock, { maxAttempts: 1 });
    const error = await caughtAs(clock.run(cos.deleteObject(object)), TransportError);
    expect(error).toMatchObject({ failure: "timeout", retryable: true });
  });

  test("reports its end to a listener, too, without an AbortSignal", async () => {
    const controller = new AbortController();
    const reason = new Error("enough");
    const { clock, cos } = rig([(request) => new Promise((_, reject) => request.onAbort?.(reject))]);
    clock.timer(1000, () => controller.abort(reason));
    const work = cos.deleteObject({ ...object, signal: controller.signal });
    expect(await caught(clock.run(work))).toBe(reason);
  });

  test("is not sent when the caller aborts while it is being signed", async () => {
    const clock = new VirtualClock();
    const wire = scriptedWire(clock, []);
    const controller = new AbortController();
    const reason = new Error("enough");
    const sha1: Sha1 = {
      digest: () => "",
      hmac: () => {
        controller.abort(reason);
        return "";
      },
    };
    const cos = clientOf({ ...wire.runtime, sha1 }, clock);
    const work = cos.deleteObject({ ...object, signal: controller.signal });
    expect(await caught(clock.run(work))).toBe(reason);
    expect(wire.sent).toHaveLength(0);
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });
});

describe("a request that failed without a response", () => {
  test("names the operation, the kind of failure and the message, and keeps the cause", async () => {
    const cause = new Broken("timeout");
    const { clock, cos } = rig([cause], { maxAttempts: 1 });
    const error = await caughtAs(clock.run(cos.deleteObject(object)), TransportError);
    expect(error).toMatchObject({
      message: "deleteObject: timeout failure: socket: timeout",
      failure: "timeout",
      cause,
    });
  });

  test("keeps a cause that is not an Error", async () => {
    const { clock, cos } = rig([() => Promise.reject("the wire is cut")], { maxAttempts: 1 });
    const error = await caughtAs(clock.run(cos.deleteObject(object)), TransportError);
    expect(error.message).toBe("deleteObject: unknown failure: the wire is cut");
  });

  test("rejects with the runtime's own CosError, and is sent once", async () => {
    const limit = new CosError("no requests are left", { code: "subrequests-exhausted", retryable: false });
    const { clock, wire, cos } = rig([() => Promise.reject(limit)]);
    expect(await caught(clock.run(cos.deleteObject(object)))).toBe(limit);
    expect(wire.sent).toHaveLength(1);
  });

  test("while its response was being read is retried like any other", async () => {
    const torn = Object.defineProperties(cosResponse(204), {
      buffered: { value: true },
      text: { value: () => Promise.reject(new Broken("reset")) },
    });
    const { clock, wire, cos } = rig([torn, cosResponse(204)]);
    await clock.run(cos.deleteObject(object));
    expect(wire.sent).toHaveLength(2);
  });
});

describe("the deadline of a response", () => {
  test.each([
    ["60", 0],
    ["260", 3_276_800],
  ])("is %s s for a body of %i bytes, and the message says so", async (seconds, length) => {
    const { clock, wire, cos } = rig(["hang"], { maxAttempts: 1 });
    const start = clock.now();
    const work = cos.uploadPart({ ...part, Body: new Uint8Array(length) });
    const error = await caughtAs(clock.run(work), TransportError);
    expect(error.message).toBe(`uploadPart: no response within ${seconds} s`);
    expect((clock.now() - start) / 1000).toBeCloseTo(Number(seconds), 3);
    expect(wire.sent[0]?.signal.reason).toBe(error);
  });

  test("is the failure, independent of what the runtime throws when its signal aborts", async () => {
    const { clock, cos } = rig(
      [
        ({ signal }) =>
          new Promise((_, reject) => signal.addEventListener("abort", () => reject(new Broken("reset")))),
      ],
      { maxAttempts: 1 },
    );
    const error = await caughtAs(clock.run(cos.deleteObject(object)), TransportError);
    expect(error).toMatchObject({ failure: "timeout", message: "deleteObject: no response within 60 s" });
  });

  test("includes the time to read the response", async () => {
    const slow = cosResponse(200);
    const endless: Step = (request) => {
      Object.defineProperties(slow, {
        buffered: { value: true },
        text: {
          value: () =>
            new Promise((_, reject) =>
              request.signal.addEventListener("abort", () => reject(request.signal.reason)),
            ),
        },
      });
      return slow;
    };
    const { clock, cos } = rig([endless], { maxAttempts: 1 });
    const start = clock.now();
    await caughtAs(clock.run(cos.deleteObject(object)), TransportError);
    expect(clock.now() - start).toBe(60_000);
  });
});

describe("a streamed response", () => {
  test("without a body stops listening to the caller's signal at once", async () => {
    const { clock, cos } = rig([cosResponse(200, { etag: '"e"', "content-length": "0" })]);
    const { signal } = new AbortController();
    await clock.run(cos.getObject({ ...object, signal }));
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    expect(clock.pending).toBe(0);
  });

  test("that is not a success is read as text, for the error", async () => {
    const { clock, cos } = rig([cosResponse(300, {}, "<Error><Code>Moved</Code></Error>")]);
    expect(await caught(clock.run(cos.getObject(object)))).toMatchObject({ status: 300, cosCode: "Moved" });
  });
});
