import { describe, expect, test } from "vitest";
import { createContext } from "../../src/client-context.ts";
import type { ByteSource } from "../../src/runtime/byte-source.ts";
import type { UploadWarning } from "../../src/upload/options.ts";
import { upload } from "../../src/upload/uploader.ts";
import { MemoryTarget, md5Of } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { streamSource } from "../support/stream-source.ts";
import { KB, TestFile, UPLOAD_OPTIONS } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { scriptedWire } from "../support/wire.ts";

const BUDGET = 64 * KB;

/** A client whose memory budget is 64 KB by default. */
function client() {
  const clock = new VirtualClock();
  const { runtime } = scriptedWire(clock, []);
  const small = { ...runtime, defaults: { ...runtime.defaults, memoryBudget: BUDGET } };
  const keys = { SecretId: "id", SecretKey: "key", Region: "ap-guangzhou" };
  const { digestCoreFor } = createContext(small, keys, clock);
  const warnings: UploadWarning[] = [];
  const note = (warning: UploadWarning): void => void warnings.push(warning);
  const send = async (source: ByteSource, partSize: number, onWarning = note): Promise<string> => {
    const target = new MemoryTarget(clock);
    const options = { ...UPLOAD_OPTIONS, partSize, concurrency: 5, onWarning };
    await upload(target, source, options, { clock, partUnit: KB, digestCoreFor });
    return md5Of(target.object?.bytes ?? new Uint8Array(0));
  };
  return { clock, digestCoreFor, warnings, send };
}

const sources: [string, (bytes: Uint8Array<ArrayBuffer>) => ByteSource][] = [
  ["files", (bytes) => new TestFile(bytes)],
  ["streams", (bytes) => streamSource(new Blob([bytes]).stream(), undefined)],
  ["streams of a declared length", (bytes) => streamSource(new Blob([bytes]).stream(), bytes.length)],
];

describe("parts that are larger than the memory budget", () => {
  test.each(sources)("are in memory one at a time, for any number of uploads of %s", async (_, open) => {
    const { clock, digestCoreFor, warnings, send } = client();
    const bodies = Array.from({ length: 10 }, (_body, index) => pattern(350 * KB + index, index + 1));
    const stored = await clock.run(Promise.all(bodies.map((bytes) => send(open(bytes), 100 * KB))));
    expect(stored).toEqual(bodies.map(md5Of));
    const [shared, oversize] = [await digestCoreFor(0), await digestCoreFor(BUDGET + 1)];
    expect(oversize.arena.highWater).toBe(100 * KB);
    expect(shared.arena.highWater).toBeLessThanOrEqual(BUDGET);
    // Once for each upload, not for each part.
    expect(warnings.map(({ code }) => code)).toEqual(bodies.map(() => "memory-over-budget"));
    expect(warnings[0]?.message).toContain(`${100 * KB} bytes`);
  });

  test("give their memory back when the receiver of the warning throws", async () => {
    const { clock, send } = client();
    const bytes = pattern(150 * KB);
    const refuse = (): never => {
      throw new Error("no warnings here");
    };
    await clock.run(expect(send(new TestFile(bytes), 100 * KB, refuse)).rejects.toThrow("no warnings here"));
    expect(await clock.run(send(new TestFile(bytes), 100 * KB))).toBe(md5Of(bytes));
  });

  test("reuse the memory of the previous one, whichever is larger", async () => {
    const { clock, digestCoreFor, send } = client();
    for (const partSize of [100, 70, 300, 100].map((size) => size * KB)) {
      const bytes = pattern(2 * partSize + 1);
      expect(await clock.run(send(new TestFile(bytes), partSize))).toBe(md5Of(bytes));
      expect(await digestCoreFor(partSize)).toBe(await digestCoreFor(BUDGET + 1));
    }
    const buffer = await (await digestCoreFor(BUDGET + 1)).arena.allocate(10);
    // The largest of them, and the static area of the core.
    expect(buffer.bytes.buffer.byteLength).toBeLessThan(700 * KB);
  });

  test("leave the shared memory to smaller parts, which overtake them", async () => {
    const { clock, digestCoreFor, send } = client();
    const held = await (await digestCoreFor(BUDGET + 1)).arena.allocate(100 * KB);
    const bytes = pattern(20 * KB);
    expect(await clock.run(send(new TestFile(bytes), 4 * KB))).toBe(md5Of(bytes));
    held.release();
  });
});
