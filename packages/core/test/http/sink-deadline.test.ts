import { describe, expect, test } from "vitest";
import { TransportError } from "../../src/errors.ts";
import { sendWithRetry } from "../../src/http/retry.ts";
import { ConsumedResponse } from "../../src/runtime/response-sink.ts";
import type { ResponseSink, WireRequest } from "../../src/runtime/wire.ts";
import { caughtAs } from "../support/caught.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { cosResponse, scriptedWire, untilAborted } from "../support/wire.ts";

const MINUTE_MS = 60_000;

class CountingSink implements ResponseSink {
  received = 0;
  #seen = 0;

  begin(status: number): boolean {
    return status < 300;
  }

  write(chunk: Uint8Array): undefined {
    this.received += chunk.length;
  }

  moved(): boolean {
    const moved = this.received !== this.#seen;
    this.#seen = this.received;
    return moved;
  }
}

/** A GET into a sink whose runtime passes one byte after each of these waits, and then ends or stalls. */
function receiving(waitsMs: readonly number[], ends: boolean) {
  const clock = new VirtualClock();
  const sink = new CountingSink();
  const respond = async (request: WireRequest) => {
    const { status, headers } = cosResponse(206);
    const stalled = untilAborted(request.signal);
    stalled.catch(() => {});
    request.sink?.begin(status, headers);
    for (const waitMs of waitsMs) {
      await Promise.race([clock.sleep(waitMs), stalled]);
      request.sink?.write(new Uint8Array(1));
    }
    return ends ? new ConsumedResponse(status, headers) : stalled;
  };
  const { runtime } = scriptedWire(clock, [respond]);
  const cos = clientOf(runtime, clock, { maxAttempts: 1 });
  const spec = {
    operation: "test",
    method: "GET",
    Bucket,
    Key,
    query: [],
    headers: {},
    idempotent: true,
    sink,
  } as const;
  const done = cos.call({ name: "test", parameters: {} }, (context) => sendWithRetry(context, spec), {});
  return { clock, sink, done };
}

describe("a response into a sink", () => {
  test("has no limit of time while bytes come", async () => {
    const { clock, sink, done } = receiving(Array(20).fill(0.9 * MINUTE_MS), true);
    const { status, text, body } = await clock.run(done);
    expect([status, text, body, sink.received]).toEqual([206, "", null, 20]);
    expect(clock.pending).toBe(0);
  });

  test("that falls silent is a timeout", async () => {
    const { clock, sink, done } = receiving([10, 10], false);
    const start = clock.now();
    const error = await caughtAs(clock.run(done), TransportError);
    expect(error).toMatchObject({ failure: "timeout", retryable: true });
    expect(sink.received).toBe(2);
    // The timer looks once a minute whether anything has moved.
    expect(clock.now() - start).toBeLessThanOrEqual(2 * MINUTE_MS);
    expect(clock.pending).toBe(0);
  });
});
