import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import type { Credentials } from "../../src/auth/credentials.ts";
import { TransportError } from "../../src/errors.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { Broken, cosResponse, refusal, type Step, scriptedWire } from "../support/wire.ts";

const object = { Bucket, Key };
const reason = new Error("the user has gone");

function rig(steps: readonly Step[]) {
  const clock = new VirtualClock();
  const wire = scriptedWire(clock, steps);
  return { clock, wire, cos: clientOf(wire.runtime, clock), controller: new AbortController() };
}

describe("sendWithRetry() and the caller's signal", () => {
  test("sends nothing when it is aborted already", async () => {
    const { clock, wire, cos, controller } = rig([]);
    controller.abort(reason);
    expect(await caught(clock.run(cos.deleteObject({ ...object, signal: controller.signal })))).toBe(reason);
    expect(wire.sent).toHaveLength(0);
  });

  test("rejects with the caller's own reason when it aborts during a request", async () => {
    const { clock, wire, cos, controller } = rig(["hang"]);
    clock.timer(1000, () => controller.abort(reason));
    expect(await caught(clock.run(cos.deleteObject({ ...object, signal: controller.signal })))).toBe(reason);
    expect([wire.sent.length, wire.open(), clock.pending]).toEqual([1, 0, 0]);
  });

  test("rejects with the caller's own reason when it aborts during a wait, and sends nothing more", async () => {
    const { clock, wire, cos, controller } = rig([refusal(503, "SlowDown", "", { "retry-after": "30" })]);
    clock.timer(10_000, () => controller.abort(reason));
    const start = clock.now();
    expect(await caught(clock.run(cos.deleteObject({ ...object, signal: controller.signal })))).toBe(reason);
    expect(clock.now() - start).toBe(10_000);
    expect([wire.sent.length, clock.pending]).toEqual([1, 0]);
  });

  test("rejects while the credentials are still being fetched, and sends nothing", async () => {
    const clock = new VirtualClock();
    const wire = scriptedWire(clock, []);
    const controller = new AbortController();
    const credentials = (): Promise<Credentials> => new Promise(() => {});
    const cos = clientOf(wire.runtime, clock, { credentials });
    clock.timer(1000, () => controller.abort(reason));
    expect(await caught(clock.run(cos.deleteObject({ ...object, signal: controller.signal })))).toBe(reason);
  });

  test("treats a TransportError as a reason like any other: not counted, not retried", async () => {
    const { clock, wire, cos, controller } = rig(["hang"]);
    const beside = new TransportError("another part failed", "reset");
    beside.attempts = 8;
    clock.timer(1000, () => controller.abort(beside));
    expect(await caught(clock.run(cos.deleteObject({ ...object, signal: controller.signal })))).toBe(beside);
    expect(beside.attempts).toBe(8);
    expect(wire.sent).toHaveLength(1);
  });

  test.each([
    ["succeeds", [cosResponse(204)]],
    ["is refused", [refusal(403, "AccessDenied")]],
    ["breaks", [new Broken("timeout"), new Broken("timeout"), cosResponse(204)]],
  ] as const)("is left without listeners after a call that %s", async (_, steps) => {
    const { clock, cos, controller } = rig(steps);
    await clock.run(cos.deleteObject({ ...object, signal: controller.signal }).catch(() => {}));
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
  });

  test("has no listeners after a failed getObject, and one while a body is read", async () => {
    const { clock, cos, controller } = rig([
      refusal(500, "InternalError"),
      refusal(404, "NoSuchKey"),
      cosResponse(200, {}, "body"),
    ]);
    const { signal } = controller;
    await caught(clock.run(cos.getObject({ ...object, signal })));
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
    await clock.run(cos.getObject({ ...object, signal }));
    expect(getEventListeners(signal, "abort").length).toBeGreaterThan(0);
  });
});

describe("sendWithRetry() and its deadline", () => {
  test("is a TransportError of kind timeout when COS does not respond for a minute", async () => {
    const { clock, cos } = rig(Array.from({ length: 8 }, () => "hang" as const));
    const start = clock.now();
    const error = await caughtAs(clock.run(cos.deleteObject(object)), TransportError);
    expect(error).toMatchObject({ failure: "timeout", code: "timeout", attempts: 8, retryable: true });
    expect(clock.now() - start).toBeGreaterThanOrEqual(8 * 60_000);
    expect(clock.pending).toBe(0);
  });

  test("allows a body the time that it takes at 16 KiB/s", async () => {
    const { clock, cos } = rig(["hang", cosResponse(200, { etag: '"x"' })]);
    const start = clock.now();
    const upload = cos.uploadPart({
      ...object,
      UploadId: "u",
      PartNumber: 1,
      Body: new Uint8Array(3_276_800),
    });
    await clock.run(upload.catch(() => {}));
    expect(clock.now() - start).toBeGreaterThanOrEqual(60_000 + 200_000);
    expect(clock.now() - start).toBeLessThan(60_000 + 201_000);
  });

  test("leaves no timer behind after success", async () => {
    const { clock, cos } = rig([cosResponse(204)]);
    await clock.run(cos.deleteObject(object));
    expect(clock.pending).toBe(0);
  });
});
