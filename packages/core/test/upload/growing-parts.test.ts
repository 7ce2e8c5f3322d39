import { describe, expect, test } from "vitest";
import type { DigestCore } from "../../src/digest/digest-core.ts";
import { SourceError } from "../../src/errors.ts";
import type { ByteSource } from "../../src/runtime/byte-source.ts";
import { MB, streamPartLength } from "../../src/upload/plan.ts";
import type { PartToSend, UploadTarget } from "../../src/upload/target.ts";
import { upload } from "../../src/upload/uploader.ts";
import { caught, caughtAs } from "../support/caught.ts";
import { createCore } from "../support/core.ts";
import { MemoryCheckpoints } from "../support/memory-checkpoints.ts";
import { denied, MemoryTarget, md5Of } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { streamSource } from "../support/stream-source.ts";
import { KB, UPLOAD_OPTIONS } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";

const TB = 1e12;
const GiB = 1024 ** 3;

describe("streamPartLength()", () => {
  const total = (first: number, largest = Number.POSITIVE_INFINITY): number => {
    let sum = 0;
    for (let number = 1; number <= 10_000; number += 1) sum += streamPartLength(number, first, largest, MB);
    return sum;
  };

  test.each([1, 2, 3, 8, 64, 1024, 4094])("10 000 parts that begin with %i MB hold 5 TB", (first) => {
    expect(total(first * MB)).toBeGreaterThan(5 * TB);
    let before = 0;
    for (let number = 1; number <= 10_000; number += 1) {
      const length = streamPartLength(number, first * MB, Number.POSITIVE_INFINITY, MB);
      expect(length).toBeGreaterThanOrEqual(before);
      expect(length).toBeLessThanOrEqual(Math.max(first * MB, GiB));
      before = length;
    }
  });

  test("keeps the first 20 GB in equal parts, and no part above the memory budget", () => {
    expect(streamPartLength(2500, 8 * MB, Number.POSITIVE_INFINITY, MB)).toBe(8 * MB);
    expect(streamPartLength(2501, 8 * MB, Number.POSITIVE_INFINITY, MB)).toBe(16 * MB);
    expect(streamPartLength(10_000, 8 * MB, 64 * MB, MB)).toBe(64 * MB);
  });
});

/** The CRC64-ECMA of zeros, by squaring the matrix of one zero bit: independent of the code under test. */
function crc64OfZeros(length: number): bigint {
  const reversed = 0xc96c5795d7870f42n;
  const times = (matrix: readonly bigint[], vector: bigint): bigint => {
    let sum = 0n;
    for (let bit = 0n; vector >> bit > 0n; bit += 1n)
      if ((vector >> bit) & 1n) sum ^= matrix[Number(bit)] ?? 0n;
    return sum;
  };
  let power = [reversed, ...Array.from({ length: 63 }, (_, bit) => 1n << BigInt(bit))];
  let crc = (1n << 64n) - 1n;
  for (let bits = BigInt(length) * 8n; bits > 0n; bits >>= 1n) {
    if (bits & 1n) crc = times(power, crc);
    const squared = power;
    power = squared.map((column) => times(squared, column));
  }
  return crc ^ ((1n << 64n) - 1n);
}

const crcs = new Map<number, bigint>();
const crcOf = (length: number): bigint => {
  const crc = crcs.get(length) ?? crc64OfZeros(length);
  crcs.set(length, crc);
  return crc;
};

/** So many zeros, all views of one block. */
function zeros(size: number): ByteSource {
  const block = new Uint8Array(GiB);
  const read: ByteSource["read"] = async (start, end) =>
    block.subarray(0, Math.max(0, Math.min(end, size) - start));
  return {
    size: undefined,
    fingerprint: undefined,
    access: "sequential",
    inMemory: true,
    read,
    changed: async () => false,
    close: async () => {},
  };
}

/** COS for zeros: it keeps only the lengths of parts, and fails where the test asks for it. */
function zeroTarget() {
  const parts = new Map<number, number>();
  const state = { failFrom: Number.POSITIVE_INFINITY, sent: 0 };
  const object = (etag: string, crc64: bigint) => {
    return { etag, crc64, location: undefined, versionId: undefined, requestId: "id", headers: {} };
  };
  const target = {
    initiate: async () => "upload-1",
    putPart: async (_id: string, partNumber: number, { body }: PartToSend) => {
      if (partNumber >= state.failFrom) throw denied();
      parts.set(partNumber, body.length);
      state.sent += 1;
      return { etag: `"${partNumber}-${body.length}"`, crc64: crcOf(body.length) };
    },
    async *listParts() {
      for (const [partNumber, size] of parts) yield { partNumber, size, etag: `"${partNumber}-${size}"` };
    },
    complete: async () => {
      const size = [...parts.values()].reduce((sum, length) => sum + length, 0);
      return object(`etag-${parts.size}`, crcOf(size));
    },
    head: async () => undefined,
    abort: async () => {},
    unfinished: async () => [],
  } as unknown as UploadTarget;
  return { target, parts, state };
}

/** A core that computes the CRC64 of zeros without reading them, and combines with its own code. */
async function zeroCore(clock: VirtualClock): Promise<DigestCore> {
  const core = await createCore(64 * KB, clock);
  return {
    arena: core.arena,
    digest: async (bytes: Uint8Array) => ({ crc64: crcOf(bytes.length), md5: undefined }),
    combine: (a: bigint, b: bigint, length: number) => core.combine(a, b, length),
    partCount: (size: number, partSize: number) => core.partCount(size, partSize),
  } as unknown as DigestCore;
}

describe("a stream of 5 TB", () => {
  test("the CRC64 of zeros is that of the digest core", async () => {
    const core = await createCore(64 * KB, new VirtualClock());
    for (const length of [0, 1, 8, 1000, 65_537])
      expect(crc64OfZeros(length)).toBe(core.crc64(new Uint8Array(length)));
  });

  test.each([1, 8])(
    "in parts that begin with %i MB is stored, over an interruption, and combined right",
    async (first) => {
      const clock = new VirtualClock();
      const core = await zeroCore(clock);
      const { target, parts, state } = zeroTarget();
      const options = { ...UPLOAD_OPTIONS, partSize: first * MB, checkpoints: new MemoryCheckpoints() };
      const send = () =>
        clock.run(upload(target, zeros(5 * TB), options, { clock, digestCoreFor: async () => core }));
      state.failFrom = 6000;
      await caught(send());
      state.failFrom = Number.POSITIVE_INFINITY;
      const before = parts.size;
      state.sent = 0;
      const uploaded = await send();
      expect(uploaded).toMatchObject({ size: 5 * TB, crc64: crcOf(5 * TB), partsResumed: before });
      expect([parts.size, state.sent]).toEqual([before + state.sent, uploaded.partsSent]);
      expect(parts.size).toBeLessThanOrEqual(10_000);
      expect(before).toBeGreaterThan(5000);
    },
    120_000,
  );

  test("that is longer than 10 000 parts can be is a SourceError that says how long", async () => {
    const clock = new VirtualClock();
    const core = await zeroCore(clock);
    const { target, state } = zeroTarget();
    const dependencies = { clock, digestCoreFor: async () => core, largestPart: 16 * MB };
    const options = { ...UPLOAD_OPTIONS, partSize: 8 * MB };
    const error = await caughtAs(
      clock.run(upload(target, zeros(5 * TB), options, dependencies)),
      SourceError,
    );
    expect(error).toMatchObject({ code: "source-length", hint: expect.stringContaining("memoryBudget") });
    expect(error.message).toContain(`longer than ${(2500 * 8 + 7500 * 16) * MB} bytes`);
    expect(state.sent).toBe(10_000);
  }, 120_000);
});

describe("a stream whose parts grow", () => {
  test("is stored completely, and resumes where it stopped", async () => {
    const clock = new VirtualClock();
    const core = await createCore(256 * KB, clock);
    const target = new MemoryTarget(clock);
    target.latencyMs = () => 0;
    target.minimumPart = 64;
    const unit = 64;
    const bytes = pattern(2500 * unit + 300 * unit * 2 + 300 * unit * 4 + 777);
    const dependencies = { clock, partUnit: unit, digestCoreFor: async () => core };
    const options = { ...UPLOAD_OPTIONS, partSize: unit, threshold: 0, checkpoints: new MemoryCheckpoints() };
    const send = () =>
      clock.run(upload(target, streamSource(new Blob([bytes]).stream(), undefined), options, dependencies));
    target.fault = ({ operation, partNumber = 0 }) =>
      operation === "putPart" && partNumber > 2900 ? { refuse: denied() } : undefined;
    await caught(send());
    target.fault = () => undefined;
    const uploaded = await send();
    expect(uploaded).toMatchObject({ size: bytes.length, partsResumed: 2900, partsSent: 202 });
    expect(md5Of(target.object?.bytes ?? new Uint8Array(0))).toBe(md5Of(bytes));
  }, 120_000);
});
