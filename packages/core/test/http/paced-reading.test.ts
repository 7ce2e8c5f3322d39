import { expect, test } from "vitest";
import type { BodyWatch } from "../../src/http/body-watch.ts";
import { PacedBody } from "../../src/http/paced-body.ts";
import { Pacer } from "../../src/http/pacer.ts";
import { watchedBody } from "../../src/http/watched-body.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const KB = 1024;
const LIMIT = 100 * KB;
const CHUNK = 50 * KB;

function rig() {
  const clock = new VirtualClock();
  const pacer = new Pacer(clock, LIMIT);
  const ending = new AbortController();
  /** How long the timer of a chunk ran. */
  const waits: number[] = [];
  const watch: BodyWatch = {
    signal: ending.signal,
    expectChunk: () => {
      const since = clock.now();
      let ended = false;
      return () => {
        if (!ended) waits.push(clock.now() - since);
        ended = true;
      };
    },
    release: () => {},
  };
  /** A body of this many chunks, which are there as soon as they are asked for. */
  const body = (chunks: number) => {
    let asked = 0;
    const source = new ReadableStream<Uint8Array>(
      {
        pull: (controller) => {
          asked += 1;
          if (asked > chunks) controller.close();
          else controller.enqueue(new Uint8Array(CHUNK));
        },
      },
      { highWaterMark: 0 },
    );
    const read = watchedBody(source, watch, (cause) => cause, undefined, new PacedBody(pacer));
    return { read, asked: () => asked };
  };
  const bytesOf = async (stream: ReadableStream<Uint8Array>): Promise<number> => {
    let bytes = 0;
    for await (const chunk of stream) bytes += chunk.length;
    return bytes;
  };
  return { clock, waits, ending, body, bytesOf };
}

test("bodies that are read together share the limit, and the time held back is no silence", async () => {
  const { clock, waits, body, bytesOf } = rig();
  const start = clock.now();
  const all = Promise.all([bytesOf(body(10).read), bytesOf(body(10).read)]);
  expect(await clock.run(all)).toEqual([10 * CHUNK, 10 * CHUNK]);
  // The first chunk has its turn at once, and the last one ends with its turn.
  expect((clock.now() - start) / 1000).toBeCloseTo((19 * CHUNK) / LIMIT, 3);
  expect(Math.max(...waits)).toBe(0);
  expect(clock.pending).toBe(0);
});

test("nothing is read ahead of its turn", async () => {
  const { clock, body } = rig();
  const { read, asked } = body(10);
  const reader = read.getReader();
  await clock.run(reader.read());
  expect(asked()).toBe(1);
  let came = 0;
  const second = reader.read().then(({ value }) => {
    came = value?.length ?? 0;
  });
  // A chunk takes 500 ms.
  await clock.advance(400);
  expect([asked(), came]).toEqual([2, 0]);
  await clock.advance(200);
  await second;
  expect(came).toBe(CHUNK);
});

test.each(["cancel", "abort"])("%s while a chunk is held back leaves no timer, and no turn", async (way) => {
  const { clock, ending, body, bytesOf } = rig();
  const reader = body(10).read.getReader();
  await clock.run(reader.read());
  const held = reader.read().catch((error: unknown) => error);
  await clock.advance(100);
  expect(clock.pending).toBe(1);
  const reason = new Error("enough");
  if (way === "cancel") await reader.cancel(reason);
  else ending.abort(reason);
  const outcome = await held;
  if (way === "abort") expect(outcome).toBe(reason);
  expect(clock.pending).toBe(0);
  const start = clock.now();
  if (way === "cancel") await clock.run(bytesOf(body(1).read));
  // What is left of the first chunk's turn.
  expect(clock.now() - start).toBeLessThanOrEqual(400);
});
