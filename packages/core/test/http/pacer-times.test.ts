import { describe, expect, test } from "vitest";
import { Deadline } from "../../src/http/deadline.ts";
import { PacedBody } from "../../src/http/paced-body.ts";
import { Pacer } from "../../src/http/pacer.ts";
import type { CosOptions } from "../../src/options.ts";
import type { WireRequest, WireResponse } from "../../src/runtime/wire.ts";
import { caught } from "../support/caught.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { inBlocks, type Left } from "../support/paced-wire.ts";
import { RecordingLine, requestSpec } from "../support/recording-line.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { cosResponse, fakeWire, refusal } from "../support/wire.ts";

const KB = 1024;
const MB = 1024 * KB;

function rig(options: CosOptions, metered: boolean) {
  const clock = new VirtualClock();
  const left: Left[] = [];
  const { runtime, sent } = fakeWire(clock, () => cosResponse(200, { etag: '"e"' }));
  const cos = clientOf(inBlocks(runtime, clock, left, metered), clock, options);
  /** Uploads bodies at the same time; the requests that COS received. */
  const upload = async (count: number, bytes: number) => {
    const Body = new Uint8Array(bytes);
    await clock.run(Promise.all(Array.from({ length: count }, () => cos.putObject({ Bucket, Key, Body }))));
    return sent.length;
  };
  return { clock, left, upload };
}

describe.each([true, false])("bandwidthLimit (metered: %s)", (metered) => {
  test("lets a block wait longer than the time without progress", async () => {
    const options = { bandwidthLimit: MB, responseTimeoutMs: 1_000, maxAttempts: 1 };
    const { left, upload } = rig(options, metered);
    expect(await upload(40, 300 * KB)).toBe(40);
    const first = left.filter(({ request }) => request === left[0]?.request).map(({ atMs }) => atMs);
    const waits = first.slice(1).map((atMs, index) => atMs - (first[index] ?? atMs));
    expect(Math.max(...waits)).toBeGreaterThan(1_900);
  });

  test("lets a body take longer than what the line is assumed to need for it", async () => {
    const { clock, upload } = rig({ bandwidthLimit: 16 * KB, maxAttempts: 1 }, metered);
    const start = clock.now();
    expect(await upload(2, 8 * MB)).toBe(2);
    expect(clock.now() - start).toBeGreaterThan(1_000_000);
  });
});

// COS gives up a body that arrives too slowly.
test.each([
  [16, 2],
  [41, 5],
  [800, 60],
])("at %i KB/s, %i bodies are sent at once, each with 8 KB/s or more", async (limit, most) => {
  const { left, upload } = rig({ bandwidthLimit: limit * KB }, true);
  expect(await upload(60, 100 * KB)).toBe(60);
  const ends = new Map(left.map(({ request, atMs }) => [request, atMs]));
  const begins = new Map([...left].reverse().map(({ request, atMs }) => [request, atMs]));
  const times = [...ends].map(([request, end]) => ({ begin: begins.get(request) ?? end, end }));
  const slowest = Math.max(...times.map(({ begin, end }) => end - begin));
  expect(slowest).toBeLessThanOrEqual(1_000 * (100 / 8));
  const together = times.map(({ begin }) => times.filter((each) => each.begin <= begin && each.end > begin));
  expect(Math.max(...together.map(({ length }) => length))).toBe(most);
});

test("a body whose response comes early is held back for ever, and takes no time from others", async () => {
  const clock = new VirtualClock();
  const left: Left[] = [];
  const { runtime } = fakeWire(clock, () => cosResponse(200, { etag: '"e"' }));
  const writing = inBlocks(runtime, clock, left, true);
  const ends: Promise<unknown>[] = [];
  const impatient = async (request: WireRequest): Promise<WireResponse> => {
    if (request.url.endsWith("/others")) return writing.send(request);
    ends.push(caught(writing.send(request)));
    await clock.sleep(1_000);
    return refusal(403, "AccessDenied");
  };
  const cos = clientOf({ ...writing, send: impatient }, clock, { bandwidthLimit: 100 * KB });
  const Body = new Uint8Array(300 * KB);
  await expect(clock.run(cos.putObject({ Bucket, Key, Body }))).rejects.toThrow("AccessDenied");
  expect(await Promise.all(ends)).toMatchObject([{ message: "ended" }]);
  const start = clock.now();
  await clock.run(cos.putObject({ Bucket, Key: "others", Body }));
  expect(clock.now() - start).toBeLessThan(3_100);
  expect(left.reduce((sum, { bytes }) => sum + bytes, 0)).toBeLessThan(410 * KB);
});

describe("a deadline of a body that we hold back", () => {
  function held() {
    const clock = new VirtualClock();
    const pacer = new Pacer(clock, 16 * KB);
    // Ten minutes of other bodies.
    pacer.turn(600 * 16 * KB, () => {});
    const paced = new PacedBody(pacer);
    const spec = requestSpec({ body: new Uint8Array(8 * KB) });
    const deadline = new Deadline(clock, spec, new RecordingLine(clock), 60_000, paced);
    const turn = paced.next(4 * KB);
    return { clock, deadline, turn };
  }

  test("does not run while the request waits for a connection, and runs when the turn has come", async () => {
    const { clock, deadline, turn } = held();
    deadline.queue();
    await clock.advance(600_000);
    expect([deadline.ended, await turn]).toEqual([undefined, true]);
    await clock.advance(120_000);
    expect(deadline.ended?.reason).toMatchObject({ message: "getObject: no connection within 60 s" });
  });

  test("does not run while a block waits, and runs when the socket does not take the block", async () => {
    const { clock, deadline, turn } = held();
    deadline.start(() => 8 * KB);
    await clock.advance(600_000);
    expect([deadline.ended, await turn]).toEqual([undefined, true]);
    await clock.advance(120_000);
    expect(deadline.ended?.reason).toMatchObject({ message: "getObject: no progress within 60 s" });
  });
});

describe("a pacer", () => {
  function waits() {
    const delays: number[] = [];
    const clock = {
      ms: 10_000,
      now: () => clock.ms,
      random: () => 0,
      timer: (delayMs: number) => {
        delays.push(delayMs);
        return () => {};
      },
    };
    const pacer = new Pacer(clock, 100_000);
    return { clock, delays, turn: (bytes: number) => pacer.turn(bytes, () => {}) };
  }

  test.each([
    [100, 4 * KB],
    [100 * KB, 5 * KB],
    [100 * MB, MB],
  ])(
    "of %i bytes per second has blocks of %i bytes: what 50 ms take, within 4 KB and 1 MB",
    (limit, block) => {
      expect(new Pacer(new VirtualClock(), limit).block).toBe(block);
    },
  );

  test("gives turns one after another, and none for time that has passed", () => {
    const { clock, delays, turn } = waits();
    turn(10_000);
    turn(5_000);
    clock.ms += 60;
    turn(1_000);
    clock.ms += 10_000;
    turn(1_000);
    turn(1_000);
    expect(delays).toEqual([0, 100, 90, 0, 10]);
  });

  test("gives the time of a turn that was given back to those that follow", () => {
    const { delays, turn } = waits();
    turn(10_000);
    const giveBack = turn(50_000);
    giveBack();
    turn(1_000);
    expect(delays).toEqual([0, 100, 100]);
  });

  test("does not wait for an hour when the clock is set back by one", () => {
    const { clock, delays, turn } = waits();
    turn(10_000);
    clock.ms -= 3_600_000;
    turn(1_000);
    expect(delays).toEqual([0, 100]);
  });
});
