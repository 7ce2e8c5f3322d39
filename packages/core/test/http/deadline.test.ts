import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { TransportError } from "../../src/errors.ts";
import { Deadline } from "../../src/http/deadline.ts";
import type { RequestSpec } from "../../src/http/request-spec.ts";
import type { Sending } from "../../src/http/sending.ts";
import { RecordingLine, requestSpec } from "../support/recording-line.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

function rig(changes: Partial<RequestSpec> = {}) {
  const rig = unsentRig(changes);
  rig.deadline.submitted();
  return rig;
}

/** A deadline whose request the runtime has not received yet. */
function unsentRig(changes: Partial<RequestSpec> = {}, silenceMs = 60_000) {
  const clock = new VirtualClock();
  const controller = new AbortController();
  const spec = requestSpec({ signal: controller.signal, ...changes });
  const line = new RecordingLine(clock);
  return { clock, controller, line, deadline: new Deadline(clock, spec, line, silenceMs) };
}

const tooLate = (message: string) =>
  expect.objectContaining({ name: "TransportError", failure: "timeout", message });

describe("a deadline", () => {
  test.each([
    [undefined, 60_000, "60"],
    [900_000, 900_000, "900"],
    [72_400, 72_400, "72"],
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

describe("a request on the line", () => {
  test("leaves it once, and nothing that the runtime reports later brings it back", async () => {
    const { clock, line, deadline } = rig();
    deadline.finish("sent");
    deadline.finish("other");
    deadline.queue();
    deadline.start(undefined);
    expect([line.ended, line.busy, clock.pending]).toEqual([["sent"], false, 0]);
  });

  test("leaves it when it must wait for a connection again, and returns when it is sent again", () => {
    const { line, deadline } = rig();
    deadline.queue();
    expect([line.ended, line.busy]).toEqual([["other"], false]);
    deadline.start(undefined);
    expect([line.ended, line.busy]).toEqual([["other"], true]);
    deadline.start(undefined);
    expect([line.ended, line.busy]).toEqual([["other", "other"], true]);
  });

  test("keeps it busy while its body is read, until it is released", () => {
    const { line, deadline } = rig();
    deadline.finish("sent");
    deadline.handOver();
    expect(line.busy).toBe(true);
    deadline.release();
    deadline.release();
    expect(line.busy).toBe(false);
  });
});

describe("a request that waits for a connection", () => {
  const other: Sending = { length: 0, accepted: () => 0 };

  test("ends a minute after another request was under way, or ended", async () => {
    const { clock, line, deadline } = unsentRig();
    deadline.queue();
    deadline.submitted();
    await clock.advance(30_000);
    line.begin(other);
    await clock.advance(30_000);
    line.end(other, "sent");
    await clock.advance(59_999);
    expect(deadline.ended).toBeUndefined();
    await clock.advance(60_000);
    expect(deadline.ended).toBeUndefined();
    await clock.advance(1);
    expect(deadline.ended?.reason).toMatchObject({
      failure: "connect",
      message: "getObject: no connection within 60 s",
    });
    expect(line.ended).toEqual(["sent"]);
  });

  test("waits while another one is under way all the time", async () => {
    const { clock, line, deadline } = unsentRig();
    line.begin(other);
    deadline.queue();
    await clock.advance(600_000);
    expect(deadline.ended).toBeUndefined();
  });
});

// It takes 200 s at the rate that is assumed before a measurement.
describe("a body of 3,276,800 bytes", () => {
  const body = new Uint8Array(3_276_800);

  test("of which the socket accepts nothing ends after the silence alone", async () => {
    const { clock, deadline } = unsentRig({ body });
    deadline.start(() => body.length);
    await clock.advance(59_999);
    expect(deadline.ended).toBeUndefined();
    await clock.advance(1);
    expect(deadline.ended?.reason).toEqual(tooLate("getObject: no progress within 60 s"));
  });

  test("that was accepted in two steps has the time of all its bytes after the second", async () => {
    const { clock, line, deadline } = unsentRig({ body });
    let unsent = body.length / 2;
    deadline.start(() => unsent);
    await clock.advance(60_000);
    unsent = 0;
    await clock.advance(259_999);
    expect(deadline.ended).toBeUndefined();
    await clock.advance(1);
    expect(deadline.ended?.reason).toEqual(tooLate("getObject: no response within 260 s"));
    expect(line.ended).toEqual(["timeout"]);
  });
});

test("a deadline allows for the last millisecond of a slow line", async () => {
  const { clock, line, deadline } = unsentRig({ body: new Uint8Array(1) });
  const measured: Sending = { length: 65_536, accepted: () => 65_536 };
  line.begin(measured);
  await clock.advance(32_768);
  line.end(measured, "sent");
  deadline.start(undefined);
  await clock.advance(60_000);
  expect(deadline.ended).toBeUndefined();
  await clock.advance(1);
  expect(deadline.ended).toBeDefined();
});
