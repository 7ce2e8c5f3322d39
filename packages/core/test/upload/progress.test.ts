import { expect, test } from "vitest";
import { type Fault, lost, md5Of, serverError } from "../support/memory-target.ts";
import { pattern, Random } from "../support/random.ts";
import { streamSource } from "../support/stream-source.ts";
import { createRig, KB, type Rig, TestFile } from "../support/upload-rig.ts";

/** A random mixture of faults that the uploader repairs or reports. */
function randomFaults(random: Random, share: number): () => Fault | undefined {
  return () => {
    if (random.next() >= share) return undefined;
    return random.pick<() => Fault>([
      () => ({ refuse: serverError() }),
      () => ({ lose: lost() }),
      () => ({ refuse: lost() }),
      () => ({ corrupt: true }),
    ])();
  };
}

function expectHonestProgress(rig: Rig, size: number, succeeded: boolean, label: string): void {
  let last = -1;
  for (const [consumed, total] of rig.progress) {
    // Once a stream has ended, what was consumed may be reported again, now with its total.
    expect(consumed, label).toBeGreaterThanOrEqual(consumed === total ? last : last + 1);
    expect(consumed, label).toBeLessThanOrEqual(size);
    if (total !== undefined) expect(total, label).toBe(size);
    last = consumed;
  }
  const done = rig.progress.filter(([consumed, total]) => consumed === total);
  expect(done.length, label).toBe(succeeded ? 1 : 0);
  if (succeeded) expect(rig.progress.at(-1), label).toEqual([size, size]);
}

test("progress never decreases, is at most the total, and reaches it exactly when the upload succeeds", async () => {
  const outcomes = new Set<boolean>();
  for (let seed = 1; seed <= 150; seed += 1) {
    const random = new Random(seed);
    const rig = await createRig(seed);
    const size = random.pick([0, 1, KB, 4 * KB, 4 * KB + 1, 9 * KB, 20 * KB + 5]);
    const bytes = pattern(size, seed);
    rig.target.latencyMs = () => random.between(1, 400);
    rig.target.fault = randomFaults(random, random.pick([0, 0.02, 0.1]));
    const streamed = random.next() < 0.3 && size > 0;
    const source = streamed ? streamSource(new Blob([bytes]).stream(), undefined) : new TestFile(bytes);
    const checkpoints = random.next() < 0.5 ? rig.checkpoints : undefined;
    const succeeded = await rig.run(source, { checkpoints }).then(
      () => true,
      () => false,
    );
    const label = `seed ${seed}, ${size} bytes`;
    outcomes.add(succeeded);
    if (succeeded) expect(md5Of(rig.target.object?.bytes ?? new Uint8Array(1)), label).toBe(md5Of(bytes));
    // A stream's total is unknown, so what was consumed before it failed may be all of it.
    if (succeeded || !streamed) expectHonestProgress(rig, size, succeeded, label);
    expect(rig.target.inFlight, label).toBe(0);
  }
  expect(outcomes).toEqual(new Set([true, false]));
});

test("an upload that failed leaves the object that was there before", async () => {
  for (let seed = 1; seed <= 80; seed += 1) {
    const random = new Random(seed);
    const rig = await createRig(seed);
    const before = pattern(3 * KB, 5000);
    const bytes = pattern(9 * KB, seed);
    rig.target.replaceObject(before);
    rig.target.fault = randomFaults(random, 0.15);
    const outcome = await rig.run(new TestFile(bytes)).then(
      () => "done",
      (error: { code?: string }) => error.code ?? "?",
    );
    const now = md5Of(rig.target.object?.bytes ?? new Uint8Array(0));
    if (outcome === "done") expect(now, `seed ${seed}`).toBe(md5Of(bytes));
    else if (outcome !== "outcome-unknown") expect(now, `seed ${seed}: ${outcome}`).toBe(md5Of(before));
    else expect([md5Of(bytes), md5Of(before)], `seed ${seed}`).toContain(now);
  }
});

test("every upload that is left behind is named by a checkpoint or a warning", async () => {
  for (let seed = 1; seed <= 150; seed += 1) {
    const random = new Random(seed);
    const rig = await createRig(seed);
    rig.target.fault = randomFaults(random, 0.1);
    const checkpoints = random.next() < 0.5 ? rig.checkpoints : undefined;
    const outcome = await rig.run(new TestFile(pattern(9 * KB, seed)), { checkpoints }).then(
      () => "done",
      (error: { code?: string }) => error.code ?? "?",
    );
    const named = new Set([...rig.checkpoints.texts.values()].map((text) => JSON.parse(text).UploadId));
    const orphans = [...rig.target.uploads.keys()].filter((id) => !named.has(id));
    const warned = rig.warnings.filter(({ code }) => code === "orphan-upload").length;
    if (outcome !== "outcome-unknown")
      expect(orphans.length, `seed ${seed}: ${outcome}`).toBeLessThanOrEqual(warned);
  }
});
