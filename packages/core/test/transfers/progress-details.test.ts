import { expect, test } from "vitest";
import type { UploadFileParameters } from "../../src/transfers/parameters.ts";
import type { ProgressDetails } from "../../src/upload/options.ts";
import { caught } from "../support/caught.ts";
import { Bucket, clientOf, Key } from "../support/client.ts";
import { MemoryCheckpoints } from "../support/memory-checkpoints.ts";
import { denied, MemoryTarget, serverError } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { SlowLine, type SlowLineOptions } from "../support/slow-line.ts";
import { KB, TestFile } from "../support/upload-rig.ts";
import { VirtualClock } from "../support/virtual-clock.ts";
import { wireCos } from "../support/wire-cos.ts";

/** Bytes that stand for one MB, so that minutes of virtual time cost little of the real one. */
const MB = 8 * KB;
/** A tenth of them in a second. */
const RATE = MB / 10;

interface Told extends ProgressDetails {
  readonly atMs: number;
  readonly consumed: number;
  readonly total: number | undefined;
}

/** A client on a slow line, and what its uploads report. */
function rig(options: Partial<SlowLineOptions> = {}) {
  const clock = new VirtualClock();
  const line = new SlowLine(clock, {
    bytesPerSecond: RATE,
    kernelBytes: MB / 16,
    metered: true,
    ...options,
  });
  const target = new MemoryTarget(clock);
  target.minimumPart = MB;
  const { runtime } = wireCos(clock, target);
  const file = new TestFile(pattern(21 * MB), true);
  const open = async (input: unknown) =>
    typeof input === "object" && input !== null && "path" in input ? file : undefined;
  const defaults = { ...runtime.defaults, partUnit: MB, concurrency: 3, memoryBudget: 1024 ** 2 };
  const cos = clientOf(line.before({ ...runtime, open, defaults }), clock);
  const told: Told[] = [];
  const upload = (more: Partial<UploadFileParameters>, onTold = (_: Told): void => {}) =>
    clock.run(
      cos.uploadFile({
        Bucket,
        Key,
        onProgress: (consumed, total, details) => {
          const one = { atMs: clock.now(), consumed, total, ...details };
          told.push(one);
          onTold(one);
        },
        ...more,
      }),
    );
  return { clock, target, told, upload };
}

/** What a bar shows. */
const shown = ({ acknowledged, inFlight }: Told): number => acknowledged + inFlight;

function isAscending(values: readonly number[]): boolean {
  return values.every((value, index) => value >= (values[index - 1] ?? 0));
}

test("one PUT shows what the socket has accepted, and acknowledges all of it at its end", async () => {
  const { clock, told, upload } = rig();
  await upload({ Body: pattern(2 * MB) });
  const last = told.at(-1);
  expect(last).toMatchObject({ consumed: 2 * MB, acknowledged: 2 * MB, inFlight: 0, resumed: 0 });
  const before = told.slice(0, -1);
  expect(before.every(({ consumed, total }) => consumed === 0 && total === 2 * MB)).toBe(true);
  expect(new Set(before.map(({ inFlight }) => inFlight)).size).toBeGreaterThan(20);
  expect(isAscending(told.map(shown))).toBe(true);
  expect(clock.pending).toBe(0);
});

test("is told at most ten times a second, but of each acknowledgement", async () => {
  const { told, upload } = rig();
  await upload({ LocalFilePath: "a" });
  const looks = told.filter(({ consumed }, index) => consumed === told[index - 1]?.consumed);
  const seconds = ((told.at(-1)?.atMs ?? 0) - (told[0]?.atMs ?? 0)) / 1000;
  expect(looks.length).toBeLessThanOrEqual(10 * seconds);
  expect(new Set(told.map(({ consumed }) => consumed)).size).toBeGreaterThan(20);
});

test("what is acknowledged is in the checkpoint, and what waits for it is in flight", async () => {
  const { told, upload } = rig();
  const checkpoints = new MemoryCheckpoints();
  await upload({ LocalFilePath: "a", checkpoints }, ({ acknowledged }) => {
    const kept = checkpoints.texts.size === 0 ? 0 : checkpoints.only.parts.length;
    if (acknowledged < 21 * MB) expect(acknowledged).toBeLessThanOrEqual(kept * MB);
  });
  expect(isAscending(told.map(shown))).toBe(true);
  expect(told.every((one) => shown(one) <= 21 * MB && one.acknowledged === one.consumed)).toBe(true);
});

test("the rate is that of the line, and resumed parts are not in it", async () => {
  const { target, told, upload } = rig();
  const checkpoints = new MemoryCheckpoints();
  target.fault = ({ partNumber = 0 }) => (partNumber > 10 ? { refuse: denied() } : undefined);
  await caught(upload({ LocalFilePath: "a", checkpoints }));
  target.fault = () => undefined;
  told.length = 0;
  await upload({ LocalFilePath: "a", checkpoints });
  expect(told[0]?.bytesPerSecond).toBeUndefined();
  expect(told.at(-1)?.resumed).toBeGreaterThanOrEqual(8 * MB);
  const rates = told.flatMap(({ bytesPerSecond }) => (bytesPerSecond === undefined ? [] : [bytesPerSecond]));
  const middle = rates.slice(rates.length / 4, (rates.length * 3) / 4);
  expect(Math.min(...middle)).toBeGreaterThan(0.5 * RATE);
  expect(Math.max(...middle)).toBeLessThan(1.5 * RATE);
});

test("the rate falls to zero while nothing moves", async () => {
  const { told, upload } = rig({ bytesPerSecond: 0 });
  await caught(upload({ Body: pattern(MB) }));
  expect(told.at(-1)).toMatchObject({ consumed: 0, bytesPerSecond: 0 });
});

test("a runtime that cannot tell counts the bodies under way as in flight", async () => {
  const { told, upload } = rig({ metered: false });
  await upload({ LocalFilePath: "a" });
  expect(told.every(({ inFlight }) => inFlight % MB === 0 && inFlight <= 3 * MB)).toBe(true);
  expect(Math.max(...told.map(({ inFlight }) => inFlight))).toBe(3 * MB);
});

test("a request that fails is not in flight any more, and its bytes count once", async () => {
  const { target, told, upload } = rig();
  let refused = 0;
  target.fault = ({ operation }) => {
    refused += operation === "put" ? 1 : 0;
    return operation === "put" && refused === 1 ? { refuse: serverError() } : undefined;
  };
  await upload({ Body: pattern(MB) });
  expect(isAscending(told.map(shown))).toBe(false);
  expect(told.every((one) => shown(one) <= MB)).toBe(true);
  expect(told.at(-1)).toMatchObject({ acknowledged: MB, inFlight: 0 });
});

test("what the callback throws between two requests fails the upload at its next part", async () => {
  const { clock, told, upload } = rig();
  const mistake = new Error("my own mistake");
  const failing = upload({ LocalFilePath: "a" }, ({ consumed, inFlight }) => {
    if (consumed === 0 && inFlight > 0) throw mistake;
  });
  expect(await caught(failing)).toBe(mistake);
  expect(told.every(({ consumed }) => consumed === 0)).toBe(true);
  expect(clock.pending).toBe(0);
});

test("an upload that is aborted looks no more", async () => {
  const { clock, upload } = rig();
  const controller = new AbortController();
  clock.timer(3_000, () => controller.abort(new Error("enough")));
  await caught(upload({ LocalFilePath: "a", signal: controller.signal }));
  expect(clock.pending).toBe(0);
});
