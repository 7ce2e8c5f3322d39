import { describe, expect, test } from "vitest";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { MB } from "../support/core.ts";
import { MemoryTarget } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { SlowLine, type SlowLineOptions } from "../support/slow-line.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { cosResponse, fakeWire } from "../support/wire.ts";
import { wireCos } from "../support/wire-cos.ts";

const KB = 1024;
const LINES: readonly [string, Omit<SlowLineOptions, "bytesPerSecond">][] = [
  ["whose sockets accept little", { kernelBytes: 64 * KB, metered: true }],
  ["whose kernel accepts whole parts at once", { kernelBytes: 4 * MB, metered: true }],
  ["of a runtime that cannot look at its sockets", { kernelBytes: 0, metered: false }],
];

function rig(options: SlowLineOptions) {
  const clock = new VirtualClock();
  const line = new SlowLine(clock, options);
  const target = new MemoryTarget(clock);
  target.minimumPart = MB;
  const { runtime } = wireCos(clock, target);
  const defaults = { ...runtime.defaults, concurrency: 5, memoryBudget: 64 * MB };
  const cos = clientOf(line.before({ ...runtime, defaults }), clock);
  return { clock, line, target, cos };
}

/** Which parts were sent, each attempt counted. */
function partsSent(line: SlowLine): string[] {
  const numbers = line.sent.map(({ url }) => new URL(url).searchParams.get("partNumber"));
  return numbers.filter((number) => number !== null);
}

describe.each(LINES)("a slow line %s", (_, kind) => {
  test("sends 21 MiB at 20 KB/s once, as fast as the line allows", async () => {
    const { clock, line, cos } = rig({ ...kind, bytesPerSecond: 20_000 });
    const start = clock.now();
    const { partsSent: sent } = await clock.run(cos.uploadFile({ Bucket, Key, Body: pattern(21 * MB) }));
    const ownMs = (21 * MB) / 20;
    expect(clock.now() - start).toBeLessThan(1.05 * ownMs);
    expect(line.carried).toBeLessThan(1.01 * 21 * MB);
    expect([sent, partsSent(line).length]).toEqual([21, 21]);
  });

  test("sends it at 3 KB/s, too, with fewer parallel parts after the first timeout", async () => {
    const { clock, line, target, cos } = rig({ ...kind, bytesPerSecond: 3_000 });
    await clock.run(cos.uploadFile({ Bucket, Key, Body: pattern(21 * MB) }));
    expect(target.object?.bytes.length).toBe(21 * MB);
    expect(line.carried).toBeLessThan(1.35 * 21 * MB);
  });

  test("is shared by forty objects, none of which is sent twice", async () => {
    const { clock, line, cos } = rig({ ...kind, bytesPerSecond: 20_000 });
    const bodies = Array.from({ length: 40 }, () => pattern(300 * KB));
    await clock.run(Promise.all(bodies.map((Body) => cos.putObject({ Bucket, Key, Body }))));
    expect(line.sent).toHaveLength(40);
  });
});

test("a body that makes progress never times out, at any rate", async () => {
  const { clock, line, cos } = rig({ bytesPerSecond: 500, kernelBytes: 16 * KB, metered: true });
  const start = clock.now();
  await clock.run(cos.putObject({ Bucket, Key, Body: pattern(5 * MB) }));
  expect(line.sent).toHaveLength(1);
  expect(clock.now() - start).toBeGreaterThan(10_000_000);
});

describe("a line that stops", () => {
  test.each([
    [4 * MB, "no response"],
    [16 * KB, "no progress"],
  ])("is noticed with %i bytes in the kernel", async (kernelBytes, missing) => {
    const { clock, cos } = rig({ bytesPerSecond: 0, kernelBytes, metered: true });
    const work = clock.run(cos.putObject({ Bucket, Key, Body: pattern(MB) }));
    await expect(work).rejects.toMatchObject({
      code: "timeout",
      message: expect.stringMatching(new RegExp(`^putObject: ${missing} within `)),
    });
  });
});

describe("a runtime with its own queue", () => {
  /** Carries out `connections` requests at once, each for `ms`. */
  function queueing(connections: number, ms: number) {
    const clock = new VirtualClock();
    const waiting: (() => void)[] = [];
    let running = 0;
    const wire = fakeWire(clock, (request) => async () => {
      request.onQueue?.();
      if (running >= connections) {
        await new Promise<void>((resolve, reject) => {
          waiting.push(resolve);
          request.onAbort?.(reject);
        });
      }
      running += 1;
      request.onStart?.();
      await clock.sleep(ms);
      running -= 1;
      waiting.shift()?.();
      return cosResponse(200, { etag: '"e"' });
    });
    return { clock, wire, cos: clientOf(wire.runtime, clock) };
  }

  test("does not time a request that waits in it", async () => {
    const { clock, wire, cos } = queueing(2, 50_000);
    await clock.run(Promise.all(Array.from({ length: 20 }, () => cos.headObject({ Bucket, Key }))));
    expect(wire.sent).toHaveLength(20);
  });

  test("that never starts a request is a failed connection, over which nothing was sent", async () => {
    const { clock, wire, cos } = queueing(0, 0);
    const start = clock.now();
    await expect(clock.run(cos.headObject({ Bucket, Key }))).rejects.toMatchObject({
      code: "connect-failed",
      message: "headObject: no connection within 60 s",
    });
    expect(clock.now() - start).toBeGreaterThanOrEqual(8 * 60_000);
    expect(wire.sent.length).toBe(8);
  });
});

test("6 000 parallel calls wait in the queue before they are signed, and all succeed", async () => {
  const clock = new VirtualClock();
  let open = 0;
  let most = 0;
  const wire = fakeWire(clock, () => async () => {
    open += 1;
    most = Math.max(most, open);
    await clock.sleep(20_000);
    open -= 1;
    return cosResponse(200, { etag: '"e"' });
  });
  const cos = clientOf(wire.runtime, clock);
  const start = clock.now();
  await clock.run(Promise.all(Array.from({ length: 6_000 }, () => cos.headObject({ Bucket, Key }))));
  expect([wire.sent.length, most]).toEqual([6_000, 128]);
  // The last one is sent after a quarter of an hour, with a current signature.
  const [, from] = /q-sign-time=(\d+)/.exec(wire.sent.at(-1)?.headers.authorization ?? "") ?? [];
  expect(Number(from) * 1000).toBeGreaterThan(start + 10 * 60_000);
});
