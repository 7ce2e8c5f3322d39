import { describe, expect, test } from "vitest";
import { Deadline } from "../../src/http/deadline.ts";
import { PacedBody, pacedBodyOf } from "../../src/http/paced-body.ts";
import { Pacer } from "../../src/http/pacer.ts";
import { caught } from "../support/caught.ts";
import { RecordingLine, requestSpec } from "../support/recording-line.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { fakeWire } from "../support/wire.ts";

const KB = 1024;

/** 10 KB per second. */
function rig() {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock, 10 * KB);
  return { clock, pacer, paced: new PacedBody(pacer) };
}

describe("a body at a limited rate", () => {
  test("counts the bytes whose turn has come", async () => {
    const { clock, paced } = rig();
    expect(paced.granted).toBe(0);
    expect(await clock.run(paced.next(5 * KB))).toBe(true);
    expect(await clock.run(paced.next(3 * KB))).toBe(true);
    expect(paced.granted).toBe(8 * KB);
  });

  test("says whether it was held back since it was last asked", async () => {
    const { clock, paced } = rig();
    expect(paced.held()).toBe(false);
    await clock.run(paced.next(5 * KB));
    expect([paced.held(), paced.held()]).toEqual([true, false]);
    const next = paced.next(5 * KB);
    await clock.advance(100);
    expect([paced.held(), paced.held()]).toEqual([true, true]);
    await clock.run(next);
    expect([paced.held(), paced.held()]).toEqual([true, false]);
  });

  test("gives no turn after its attempt has ended, neither to a block that waits nor to a later one", async () => {
    const { clock, pacer, paced } = rig();
    await clock.run(paced.next(5 * KB));
    const waiting = paced.next(5 * KB);
    paced.stop();
    expect([await waiting, await paced.next(KB), paced.granted]).toEqual([false, false, 5 * KB]);
    expect(clock.pending).toBe(0);
    // Stopped twice, it gives its turn back once: the first block still takes its 500 ms.
    paced.stop();
    const start = clock.now();
    await clock.run(new Promise<void>((resolve) => void pacer.turn(KB, resolve)));
    expect(clock.now() - start).toBe(500);
  });

  test("never has accepted more than its length, where the runtime cannot tell", async () => {
    const { clock, paced } = rig();
    const spec = requestSpec({ body: new Uint8Array(8 * KB) });
    const deadline = new Deadline(clock, spec, new RecordingLine(clock), 60_000, paced);
    deadline.start(undefined);
    await clock.run(paced.next(5 * KB));
    expect(deadline.accepted()).toBe(5 * KB);
    await clock.run(paced.next(5 * KB));
    expect(deadline.accepted()).toBe(8 * KB);
    deadline.finish("sent");
  });
});

describe("pacedBodyOf()", () => {
  const body = new Uint8Array(5 * KB);

  test.each([undefined, new Uint8Array(0)])("has nothing to hold back of %s", async (none) => {
    const { clock, pacer } = rig();
    const { runtime } = fakeWire(clock, () => "hang");
    expect(await pacedBodyOf({ runtime }, pacer, requestSpec({ body: none }))).toBeUndefined();
  });

  test("waits for all of the body where the runtime passes it on as a whole", async () => {
    const { clock, pacer } = rig();
    const { runtime } = fakeWire(clock, () => "hang");
    await clock.run(pacedBodyOf({ runtime }, pacer, requestSpec({ body })));
    const start = clock.now();
    const second = await clock.run(pacedBodyOf({ runtime }, pacer, requestSpec({ body })));
    expect([second?.granted, clock.now() - start]).toEqual([body.length, 500]);
  });

  test("leaves the waiting to a runtime that writes blocks", async () => {
    const { clock, pacer } = rig();
    const runtime = { ...fakeWire(clock, () => "hang").runtime, pacesBodies: true };
    const paced = await pacedBodyOf({ runtime }, pacer, requestSpec({ body }));
    expect([paced?.granted, clock.pending]).toEqual([0, 0]);
  });

  test("ends with the reason of an abort, at once", async () => {
    const { clock, pacer } = rig();
    const { runtime } = fakeWire(clock, () => "hang");
    await clock.run(pacedBodyOf({ runtime }, pacer, requestSpec({ body })));
    const controller = new AbortController();
    const reason = new Error("enough");
    const held = pacedBodyOf({ runtime }, pacer, requestSpec({ body, signal: controller.signal }));
    const start = clock.now();
    clock.timer(100, () => controller.abort(reason));
    expect(await caught(clock.run(held))).toBe(reason);
    expect([clock.now() - start, clock.pending]).toEqual([100, 0]);
  });
});
