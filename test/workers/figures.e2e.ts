import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { crc64Of } from "../fixtures/crc64.ts";
import { ask, type Outcome, pattern, stored, streamTo } from "./objects.ts";
import { type Cos, FIGURES, MiB, startCos, startWorker, type Worker } from "./rig.ts";

/** `--figures` streams the size of the published figures. */
const SIZE = FIGURES ? 1024 : 128;
const GROWTH = 64 * MiB;

let cos: Cos;
let worker: Worker;
let crc64: string;
const block = pattern(MiB, 77);

beforeAll(async () => {
  crc64 = await crc64Of(blocks());
});

function* blocks(): Generator<Uint8Array> {
  for (let sent = 0; sent < SIZE; sent += 1) yield block;
}

interface Measured extends Outcome {
  readonly grownMiB: number;
  readonly cpuMsPerMiB: number;
  readonly seconds: number;
}

/** Streams SIZE through workerd, watching the whole process. */
async function measure(query: string, chunked = false): Promise<Measured> {
  const before = worker.residentBytes();
  let peak = before;
  const watching = setInterval(() => {
    peak = Math.max(peak, worker.residentBytes());
  }, 10);
  const [cpu, start] = [worker.cpuMs(), performance.now()];
  try {
    const url = new URL(`request?${query}`, worker.url);
    const { body } = await streamTo(url, SIZE, block, { chunked, patient: true });
    return {
      ...(body as Outcome),
      grownMiB: (peak - before) / MiB,
      cpuMsPerMiB: (worker.cpuMs() - cpu) / SIZE,
      seconds: (performance.now() - start) / 1000,
    };
  } finally {
    clearInterval(watching);
  }
}

function tell(what: string, { grownMiB, cpuMsPerMiB, seconds, subrequests }: Measured): void {
  console.log(
    `figure: ${what}, ${SIZE} MiB: process grew by ${grownMiB.toFixed(0)} MiB, ${cos.atOnce} connections at most, ` +
      `${subrequests} subrequests, ${cpuMsPerMiB.toFixed(2)} ms of CPU per MiB, ${seconds.toFixed(1)} s`,
  );
}

describe(`${SIZE} MiB streamed through workerd`, { timeout: 300_000 }, () => {
  beforeAll(async () => {
    cos = await startCos();
  });
  afterAll(() => cos.stop());
  // A separate process for each, because the first upload allocates the arena.
  beforeEach(async () => {
    worker = await startWorker("probe", { bindings: { ENDPOINT: cos.endpoint } });
    await ask(worker, "bytes?key=warm", "warm");
    cos.forget();
    return () => worker.stop();
  });

  test.each([
    ["of known length", "key=known", false],
    ["of unknown length", "key=unknown", true],
    ["with MD5", "key=md5&md5=1", false],
  ])("%s", async (name, query, chunked) => {
    const measured = await measure(query, chunked);
    tell(`stream ${name}`, measured);
    const parts = SIZE / 8;
    // The read after the last part of a stream of unknown length finds its end.
    expect(measured.result).toMatchObject({ size: SIZE * MiB, crc64, partsSent: parts });
    expect(measured.subrequests).toBe(parts + 2);
    expect(cos.calls).toHaveLength(parts + 2);
    expect(cos.atOnce).toBeLessThanOrEqual(5);
    expect(measured.grownMiB).toBeLessThanOrEqual(GROWTH / MiB);
    expect((await stored(cos, new URLSearchParams(query).get("key") ?? ""))?.crc64).toBe(crc64);
  });

  test("with a subrequestBudget of 50 it fits", async () => {
    const measured = await measure("key=fifty&budget=50");
    tell("subrequestBudget 50", measured);
    expect(measured.result).toMatchObject({ size: SIZE * MiB, crc64 });
    expect(measured.subrequests).toBe((measured.result?.partsSent ?? 0) + 2);
    expect(measured.subrequests).toBeLessThanOrEqual(48);
    expect(measured.grownMiB).toBeLessThanOrEqual(GROWTH / MiB);
  });

  test("with a subrequestBudget that is too small it is refused before anything is sent", async () => {
    const budget = FIGURES ? 24 : 8;
    const { error, subrequests } = await measure(`key=refused&budget=${budget}`);
    expect(error).toMatchObject({ name: "RangeError", parameter: "subrequestBudget" });
    expect(error?.message).toContain(`this source has ${SIZE * MiB}`);
    expect(subrequests).toBe(0);
    expect(cos.calls).toHaveLength(0);
  });

  test("MD5 against the runtime's own DigestStream", async () => {
    const without = await measure("key=without");
    const withMd5 = await measure("key=with&md5=1");
    const start = worker.cpuMs();
    await ask(worker, `digestStream?mib=${SIZE}`);
    const theirs = (worker.cpuMs() - start) / SIZE;
    const ours = withMd5.cpuMsPerMiB - without.cpuMsPerMiB;
    console.log(
      `figure: MD5, ms of CPU per MiB: ${ours.toFixed(2)} here (four parts side by side), ` +
        `${theirs.toFixed(2)} by crypto.DigestStream`,
    );
    // The difference of two runs on a shared machine is not exact enough for more.
    expect(ours).toBeLessThan(theirs * 1.5);
  });

  test("uploads one after the other need the memory of one", async () => {
    await measure("key=first");
    const after = worker.residentBytes();
    for (let upload = 0; upload < 5; upload += 1) {
      const { result } = await ask(worker, `request?key=again${upload}`, pattern(48 * MiB));
      expect(result?.size).toBe(48 * MiB);
    }
    const grown = (worker.residentBytes() - after) / MiB;
    console.log(`figure: five more uploads in the same isolate: grew by ${grown.toFixed(0)} MiB`);
    expect(grown).toBeLessThanOrEqual(32);
  });
});
