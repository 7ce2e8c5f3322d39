import { getEventListeners } from "node:events";
import { describe, expect, test } from "vitest";
import { TransportError } from "../../src/errors.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { cosResponse, scriptedWire } from "../support/wire.ts";

const MINUTE_MS = 60_000;

/** A getObject whose body yields a piece after each of these waits, and then stalls. */
async function stallingAfter(waitsMs: readonly number[]) {
  const clock = new VirtualClock();
  const waits = waitsMs.values();
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (stream) => {
        const { done, value } = waits.next();
        if (done === true) return new Promise<void>(() => {});
        await clock.sleep(value);
        stream.enqueue(new Uint8Array([1]));
      },
    },
    { highWaterMark: 0 },
  );
  const stored = Object.defineProperty(cosResponse(200, { etag: '"e"' }, "x"), "body", { value: body });
  const wire = scriptedWire(clock, [stored]);
  const controller = new AbortController();
  const { signal } = controller;
  const { Body } = await clock.run(clientOf(wire.runtime, clock).getObject({ Bucket, Key, signal }));
  return { clock, controller, reader: Body.getReader(), sent: wire.sent };
}

describe("a streamed body", () => {
  test("that stalls is a timeout, which ends the request and leaves nothing behind", async () => {
    const { clock, controller, reader, sent } = await stallingAfter([]);
    const start = clock.now();
    const error = await caughtAs(clock.run(reader.read()), TransportError);
    expect(error).toMatchObject({ failure: "timeout", code: "timeout", retryable: true });
    expect(clock.now() - start).toBe(MINUTE_MS);
    expect(sent[0]?.signal).toMatchObject({ aborted: true, reason: error });
    expect([clock.pending, getEventListeners(controller.signal, "abort").length]).toEqual([0, 0]);
  });

  test("has no limit of time while its chunks arrive", async () => {
    const { clock, reader } = await stallingAfter(Array(20).fill(0.9 * MINUTE_MS));
    for (let pieces = 0; pieces < 20; pieces += 1) expect((await clock.run(reader.read())).done).toBe(false);
    await caughtAs(clock.run(reader.read()), TransportError);
  });

  test("waits for its reader without a limit", async () => {
    const { clock, reader } = await stallingAfter([0, 0]);
    await clock.run(reader.read());
    expect(clock.pending).toBe(0);
    await clock.advance(1000 * MINUTE_MS);
    expect((await clock.run(reader.read())).done).toBe(false);
  });

  test("leaves no timer behind when it is cancelled while it stalls", async () => {
    const { clock, reader } = await stallingAfter([]);
    const read = reader.read();
    await clock.idle();
    expect(clock.pending).toBe(1);
    await reader.cancel();
    expect([(await read).done, clock.pending]).toEqual([true, 0]);
  });

  test("that fails rejects its reader with a typed error and its cause", async () => {
    const clock = new VirtualClock();
    const cause = Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" });
    const body = new ReadableStream<Uint8Array>({ pull: () => Promise.reject(cause) }, { highWaterMark: 0 });
    const stored = Object.defineProperty(cosResponse(200, { etag: '"e"' }, "x"), "body", { value: body });
    const { runtime } = scriptedWire(clock, [stored]);
    const { Body } = await clock.run(clientOf(runtime, clock).getObject({ Bucket, Key }));
    const error = await caughtAs(clock.run(Body.getReader().read()), TransportError);
    expect(error).toMatchObject({ message: expect.stringContaining("ECONNRESET"), cause });
    expect(clock.pending).toBe(0);
  });

  test("passes the reason of its failure to its reader", async () => {
    const { clock, controller, reader } = await stallingAfter([]);
    const read = caught(reader.read());
    await clock.idle();
    const reason = new Error("enough");
    controller.abort(reason);
    expect(await clock.run(read)).toBe(reason);
    expect(clock.pending).toBe(0);
  });
});
