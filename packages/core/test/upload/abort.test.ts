import { afterAll, beforeAll, expect, test } from "vitest";
import { caught } from "../support/caught.ts";
import { pattern, Random } from "../support/random.ts";
import { streamSource } from "../support/stream-source.ts";
import { createRig, KB, TestFile } from "../support/upload-rig.ts";

const unhandled: unknown[] = [];
const note = (error: unknown): void => void unhandled.push(error);

beforeAll(() => void process.on("unhandledRejection", note));

afterAll(() => {
  process.off("unhandledRejection", note);
  expect(unhandled).toEqual([]);
});

test("an abort at any instant rejects with the caller's reason, and leaves nothing in flight", async () => {
  const outcomes = new Map<string, number>();
  for (let seed = 1; seed <= 250; seed += 1) {
    const random = new Random(seed);
    const rig = await createRig(seed);
    const bytes = pattern(random.pick([2 * KB, 9 * KB, 30 * KB]), seed);
    const controller = new AbortController();
    const reason = new Error(`abort of seed ${seed}`);
    const file =
      random.next() < 0.7 ? new TestFile(bytes) : streamSource(new Blob([bytes]).stream(), undefined);
    const checkpoints = random.next() < 0.5 ? rig.checkpoints : undefined;
    const at = random.between(0, 160);
    rig.clock.timer(at, () => controller.abort(reason));
    const label = `seed ${seed} at ${at} ms`;
    const outcome = await rig.run(file, { signal: controller.signal, checkpoints }).then(
      () => "done",
      (error: unknown) => {
        expect(error, label).toBe(reason);
        return "aborted";
      },
    );
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    expect(rig.target.inFlight, label).toBe(0);
    const requests = rig.target.requests.length;
    await rig.clock.advance(120_000);
    expect(rig.target.requests.length, label).toBe(requests);
    expect(rig.clock.pending, label).toBe(0);
    const named = new Set([...rig.checkpoints.texts.values()].map((text) => JSON.parse(text).UploadId));
    const warned = rig.warnings.some(({ code }) => code === "orphan-upload");
    for (const id of rig.target.uploads.keys()) expect(named.has(id) || warned, `${label}: ${id}`).toBe(true);
    expect(rig.checkpoints.locks.size, label).toBe(0);
    const whole = rig.core.arena.allocate(rig.core.arena.capacity);
    expect((await rig.clock.run(whole)).bytes.length, label).toBe(rig.core.arena.capacity);
  }
  expect([...outcomes.keys()].sort()).toEqual(["aborted", "done"]);
});

test("an aborted upload resumes where it stopped", async () => {
  for (let seed = 1; seed <= 30; seed += 1) {
    const random = new Random(seed);
    const rig = await createRig(seed);
    const bytes = pattern(30 * KB, seed);
    let known = 0;
    for (let round = 0; round < 20 && rig.target.object === undefined; round += 1) {
      const controller = new AbortController();
      rig.clock.timer(random.between(30, 90), () => controller.abort());
      await rig.run(new TestFile(bytes), { signal: controller.signal }).catch(() => {});
      const parts = rig.checkpoints.texts.size === 0 ? 0 : rig.checkpoints.only.parts.length;
      if (rig.target.object === undefined) expect(parts, `seed ${seed}`).toBeGreaterThanOrEqual(known);
      known = parts;
    }
    await rig.run(new TestFile(bytes));
    expect(Buffer.compare(rig.target.object?.bytes ?? new Uint8Array(0), bytes), `seed ${seed}`).toBe(0);
  }
});

const noCheckpoints = { checkpoints: undefined } as const;

test("an abort reaches a stalled stream whose own cancel hangs", async () => {
  const rig = await createRig();
  let cancelled = 0;
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(pattern(3 * KB)),
    cancel: () => {
      cancelled += 1;
      return new Promise(() => {});
    },
  });
  const controller = new AbortController();
  const reason = new Error("enough");
  rig.clock.timer(5000, () => controller.abort(reason));
  expect(
    await caught(rig.run(streamSource(stream, undefined), { ...noCheckpoints, signal: controller.signal })),
  ).toBe(reason);
  expect([cancelled, rig.target.uploads.size]).toEqual([1, 0]);
});

test("an abort reaches an upload that waits for memory", async () => {
  const rig = await createRig(1, 8 * KB);
  const held = await rig.core.arena.allocate(8 * KB);
  const controller = new AbortController();
  const reason = new Error("enough");
  rig.clock.timer(1000, () => controller.abort(reason));
  expect(await caught(rig.run(new TestFile(pattern(9 * KB)), { signal: controller.signal }))).toBe(reason);
  held.release();
  expect((await rig.core.arena.allocate(8 * KB)).bytes.length).toBe(8 * KB);
});
