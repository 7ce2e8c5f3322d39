import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { TransportError } from "../../src/errors.ts";
import { Deadline } from "../../src/http/deadline.ts";
import { Line } from "../../src/http/line.ts";
import { RequestQueue } from "../../src/http/request-queue.ts";
import type { RequestSpec } from "../../src/http/request-spec.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

function rig(changes: Partial<RequestSpec> = {}) {
  const clock = new VirtualClock();
  const controller = new AbortController();
  const spec: RequestSpec = {
    operation: "getObject",
    method: "GET",
    Bucket: "examplebucket-1250000000",
    Key: "exampleobject",
    query: [],
    headers: {},
    idempotent: true,
    signal: controller.signal,
    ...changes,
  };
  const line = new Line(() => clock.now(), new RequestQueue());
  const deadline = new Deadline(clock, spec, line);
  deadline.submitted();
  return { clock, controller, deadline };
}

const tooLate = (message: string) =>
  expect.objectContaining({ name: "TransportError", failure: "timeout", message });

describe("a deadline", () => {
  test.each([
    [undefined, 60_000, "60"],
    [900_000, 900_000, "900"],
  ])(
    "of %s ms ends after %i ms, and its message has the time",
    async (responseTimeoutMs, afterMs, seconds) => {
      const { clock, deadline } = rig(responseTimeoutMs === undefined ? {} : { responseTimeoutMs });
      await clock.advance(afterMs - 1);
      expect(deadline.ended).toBeUndefined();
      await clock.advance(1);
      expect(deadline.ended?.reason).toEqual(tooLate(`getObject: no response within ${seconds} s`));
    },
  );

  test("does not end after the response; each chunk of a body has its own", async () => {
    const { clock, deadline } = rig();
    deadline.finish("sent");
    const arrived = deadline.expectChunk();
    await clock.advance(59_999);
    arrived();
    await clock.advance(120_000);
    expect([deadline.ended, clock.pending]).toEqual([undefined, 0]);
    deadline.expectChunk();
    await clock.advance(60_000);
    expect(deadline.ended?.reason).toEqual(tooLate("getObject: no more of the body within 60 s"));
  });

  test("ends with the caller's own reason, which a later timeout does not replace", async () => {
    const { clock, controller, deadline } = rig();
    const reasons: unknown[] = [];
    deadline.onEnd((reason) => reasons.push(reason));
    const { signal } = deadline;
    controller.abort("enough");
    expect(signal).toMatchObject({ aborted: true, reason: "enough" });
    await clock.advance(60_000);
    expect([deadline.ended, reasons, signal.reason]).toEqual([{ reason: "enough" }, ["enough"], "enough"]);
  });

  test("that has ended calls a late listener, and its signal is aborted", () => {
    const { controller, deadline } = rig();
    controller.abort("enough");
    const reasons: unknown[] = [];
    deadline.onEnd((reason) => reasons.push(reason));
    expect(reasons).toEqual(["enough"]);
    expect(deadline.signal).toMatchObject({ aborted: true, reason: "enough" });
    expect(deadline.signal).toBe(deadline.signal);
  });

  test("that was released ignores the caller's abort and calls no listener", async () => {
    const { clock, controller, deadline } = rig();
    const reasons: unknown[] = [];
    deadline.onEnd((reason) => reasons.push(reason));
    deadline.release();
    expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
    controller.abort("enough");
    expect(deadline.ended).toBeUndefined();
    await clock.advance(60_000);
    expect(deadline.ended?.reason).toBeInstanceOf(TransportError);
    expect(reasons).toEqual([]);
  });

  test("works without a signal of the caller", async () => {
    const { clock, deadline } = rig({ signal: undefined });
    await clock.advance(60_000);
    deadline.release();
    expect(deadline.ended?.reason).toBeInstanceOf(TransportError);
  });
});
