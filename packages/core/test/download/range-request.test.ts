import { expect, test } from "vitest";
import { createContext } from "../../src/client-context.ts";
import { readRange } from "../../src/download/range-request.ts";
import { RangeWriter } from "../../src/download/range-writer.ts";
import { caught } from "../support/caught.ts";
import { Bucket, Key, SecretId, SecretKey } from "../support/client.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { Broken, cosResponse, fakeWire } from "../support/wire.ts";
import { MemoryFile } from "./memory-file.ts";

const SIZE = 20;

/** Reads an object whose connection breaks after so many bytes of each response. */
async function reading(brokenAfter: (attempt: number) => number) {
  const clock = new VirtualClock();
  const ranges: (string | undefined)[] = [];
  const { runtime } = fakeWire(clock, () => async ({ headers, sink }) => {
    ranges.push(headers.range);
    const [start = 0, last = 0] = (/(\d+)-(\d+)/.exec(headers.range ?? "") ?? []).slice(1).map(Number);
    const range = { etag: '"e"', "content-range": `bytes ${start}-${last}/${SIZE}` };
    sink?.begin(206, new Headers(range));
    await sink?.write(new Uint8Array(Math.min(last + 1 - start, brokenAfter(ranges.length))));
    if (start + brokenAfter(ranges.length) < Number.POSITIVE_INFINITY) throw new Broken("reset");
    return cosResponse(206, range);
  });
  const context = createContext(runtime, { Region: "ap-guangzhou", SecretId, SecretKey }, clock);
  const core = await context.digestCoreFor(65_536);
  const { bytes: buffer } = await core.arena.allocate(8);
  const writer = new RangeWriter(0, { core, buffer, file: new MemoryFile(), onWritten: () => {} });
  const spec = {
    operation: "downloadFile",
    method: "GET",
    Bucket,
    Key,
    headers: {},
    query: [],
    idempotent: true,
  } as const;
  const work = readRange(context, { spec, end: SIZE, writer, object: undefined });
  return { ranges, writer, work: clock.run(work) };
}

test("a connection that breaks behind the last byte has brought the range, and nothing else is asked for", async () => {
  const { ranges, writer, work } = await reading(() => SIZE);
  await work;
  expect([writer.received, ranges]).toEqual([SIZE, ["bytes=0-19"]]);
});

test("each attempt asks for what is behind the last byte", async () => {
  const { ranges, writer, work } = await reading((attempt) => (attempt < 3 ? 8 : Number.POSITIVE_INFINITY));
  await work;
  expect([writer.received, ranges]).toEqual([SIZE, ["bytes=0-19", "bytes=8-19", "bytes=16-19"]]);
});

test("attempts that bring nothing come to an end", async () => {
  const { ranges, work } = await reading((attempt) => (attempt === 1 ? 8 : 0));
  expect(await caught(work)).toMatchObject({ code: "connection-reset" });
  expect(new Set(ranges.slice(1))).toEqual(new Set(["bytes=8-19"]));
});
