import { expect, test } from "vitest";
import { DigestCore } from "../../src/digest/digest-core.ts";
import { RangeWriter } from "../../src/download/range-writer.ts";
import { caught } from "../support/caught.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { scriptedWire } from "../support/wire.ts";
import { MemoryFile } from "./memory-file.ts";

const START = 1000;

async function rig(bufferBytes = 8) {
  const clock = new VirtualClock();
  const core = await DigestCore.create(scriptedWire(clock, []).runtime, 65_536, clock);
  const { bytes: buffer } = await core.arena.allocate(bufferBytes);
  const file = new MemoryFile();
  const written: number[] = [];
  const writer = new RangeWriter(START, { core, buffer, file, onWritten: (bytes) => written.push(bytes) });
  return { core, file, writer, written };
}

const bytes = (from: number, to: number): Uint8Array =>
  Uint8Array.from({ length: to - from }, (_, at) => (from + at) % 251);

const CUTS = [[20], [1, 2, 3, 4, 5, 20], [4, 8, 12, 16, 20], [3, 11, 20]];

test.each([true, false])("bytes land at their place, whatever the chunks; at once: %s", async (atOnce) => {
  for (const cuts of CUTS) {
    const { core, file, writer, written } = await rig();
    file.atOnce = atOnce;
    let from = 0;
    for (const to of cuts) {
      await writer.write(bytes(from, to));
      from = to;
    }
    await writer.finish();
    expect(file.bytes.subarray(START)).toEqual(bytes(0, 20));
    expect([writer.received, writer.crc64]).toEqual([20, core.crc64(bytes(0, 20))]);
    expect(written.reduce((sum, length) => sum + length, 0)).toBe(20);
    expect(Math.max(...file.writes.map(({ length }) => length))).toBe(4);
  }
});

test("no more is taken than the buffer holds while the disk is busy", async () => {
  const { file, writer } = await rig();
  file.held = true;
  expect(writer.write(bytes(0, 8))).toBeUndefined();
  expect(writer.busy).toBe(false);
  const waits = writer.write(bytes(8, 10));
  expect(waits).toBeInstanceOf(Promise);
  expect([writer.busy, file.writes.length]).toEqual([true, 1]);
  file.held = false;
  file.waiting.shift()?.();
  await waits;
  expect(writer.busy).toBe(false);
  await writer.finish();
  expect(file.bytes.subarray(START)).toEqual(bytes(0, 10));
});

test("a chunk of the next attempt comes after one that still waits", async () => {
  const { core, file, writer } = await rig();
  file.held = true;
  writer.write(bytes(0, 8));
  const first = writer.write(bytes(8, 13));
  const second = writer.write(bytes(13, 15));
  expect(writer.received).toBe(15);
  file.held = false;
  file.waiting.shift()?.();
  await Promise.all([first, second]);
  await writer.finish();
  expect(file.bytes.subarray(START)).toEqual(bytes(0, 15));
  expect(writer.crc64).toBe(core.crc64(bytes(0, 15)));
});

test("of a file that is written at once, no chunk waits", async () => {
  const { file, writer } = await rig();
  file.atOnce = true;
  expect(writer.write(bytes(0, 30))).toBeUndefined();
  expect(writer.busy).toBe(false);
  file.failure = new Error("disk full");
  expect(await caught(Promise.resolve(writer.write(bytes(30, 60))))).toBe(file.failure);
  expect(await caught(writer.finish())).toBe(file.failure);
});

test("a write that fails is the failure of the next chunk and of the end", async () => {
  const { file, writer, written } = await rig();
  file.failure = new Error("disk full");
  writer.write(bytes(0, 8));
  expect(await caught(Promise.resolve(writer.write(bytes(8, 30))))).toBe(file.failure);
  expect(await caught(writer.finish())).toBe(file.failure);
  await writer.settle();
  expect(written).toEqual([]);
});
