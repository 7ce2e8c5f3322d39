import { describe, expect, test } from "vitest";
import type { ProgressCallback, ProgressDetails } from "../../src/upload/options.ts";
import { denied } from "../support/memory-target.ts";
import { pattern } from "../support/random.ts";
import { createRig, KB, type Rig, TestFile } from "../support/upload-rig.ts";

const bytes = pattern(12 * KB);
const part = (number: number): Uint8Array => bytes.subarray((number - 1) * KB, number * KB);

/** Records the parts for which an MD5 is computed. */
function watchMd5(rig: Rig): number[] {
  const parts: number[] = [];
  const digest = rig.core.digest.bind(rig.core);
  rig.core.digest = (of, withMd5) => {
    if (withMd5)
      parts.push(
        1 +
          Array.from({ length: 12 }, (_, index) => part(index + 1)).findIndex(
            (one) => Buffer.compare(one, of) === 0,
          ),
      );
    return digest(of, withMd5);
  };
  return parts;
}

/** An unfinished upload of parts 1 and 2, of which the checkpoint knows those named. */
async function interrupted(known: readonly number[]): Promise<Rig> {
  const rig = await createRig();
  rig.target.fault = ({ operation, partNumber = 0 }) =>
    operation === "putPart" && partNumber > 2 ? { refuse: denied() } : undefined;
  await expect(rig.run(new TestFile(bytes), { concurrency: 1 })).rejects.toThrow();
  rig.target.fault = () => undefined;
  rig.target.requests.length = 0;
  for (const [id, text] of rig.checkpoints.texts) {
    const checkpoint = JSON.parse(text);
    const parts = checkpoint.parts.filter(({ partNumber }: { partNumber: number }) =>
      known.includes(partNumber),
    );
    rig.checkpoints.texts.set(id, JSON.stringify({ ...checkpoint, parts }));
  }
  return rig;
}

describe("the MD5 of a part", () => {
  test("is not computed without a request: the CRC64 is enough", async () => {
    const rig = await createRig();
    const md5s = watchMd5(rig);
    await rig.run(new TestFile(bytes));
    expect(md5s).toEqual([]);
  });

  test("is computed of every part with EnableMD5", async () => {
    const rig = await createRig();
    const md5s = watchMd5(rig);
    await rig.run(new TestFile(bytes), { enableMd5: true });
    expect(md5s.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 12 }, (_, index) => index + 1));
  });

  test.each([
    [[1, 2], []],
    [[1], [2]],
    [[], [1, 2]],
  ])(
    "is computed of the stored parts whose CRC64 the checkpoint does not have: it knows %j",
    async (known, computed) => {
      const rig = await interrupted(known);
      const md5s = watchMd5(rig);
      expect(await rig.run(new TestFile(bytes))).toMatchObject({ partsResumed: 2, partsSent: 10 });
      expect(md5s.toSorted((a, b) => a - b)).toEqual(computed);
    },
  );
});

describe.each([
  ["read and compared", false],
  ["trusted", true],
])("stored parts that are %s", (_, immutable) => {
  test("count as resumed, and not as sent", async () => {
    const rig = await interrupted([1, 2]);
    const seen: ProgressDetails[] = [];
    const onProgress: ProgressCallback = (_consumed, _total, details) => seen.push(details);
    const counts = await rig.run(new TestFile(bytes, immutable), { onProgress });
    expect(counts).toMatchObject({ partsResumed: 2, partsSent: 10 });
    expect(seen.at(-1)).toMatchObject({ acknowledged: 12 * KB, resumed: 2 * KB, inFlight: 0 });
  });
});

describe("parts that are read ahead of sending", () => {
  /** How many parts are in memory while the only connection hangs. */
  async function readAhead(rig: Rig, options: { enableMd5?: boolean } = {}): Promise<number> {
    rig.target.latencyMs = () => 100_000;
    const file = new TestFile(bytes);
    const controller = new AbortController();
    const work = rig.start(file, { concurrency: 1, signal: controller.signal, ...options });
    const settled = expect(work).rejects.toThrow("enough");
    for (let hours = 0; rig.target.countOf("putPart") < 3; hours += 1) {
      if (hours > 100) throw new Error("no part is sent");
      await rig.clock.advance(100_000);
    }
    const reads = file.reads.length;
    controller.abort(new Error("enough"));
    await rig.clock.run(settled);
    return reads;
  }

  test("are none: there is one loop for each connection", async () => {
    expect(await readAhead(await createRig())).toBe(3);
  });

  test("are three with MD5, so that its lanes fill", async () => {
    expect(await readAhead(await createRig(), { enableMd5: true })).toBe(6);
  });

  test("are three when some stored part has to be compared by MD5, and none when the checkpoint has the CRC64 of all", async () => {
    // Parts 1 and 2 are read, and not sent.
    expect(await readAhead(await interrupted([1]))).toBe(2 + 6);
    expect(await readAhead(await interrupted([1, 2]))).toBe(2 + 3);
  });
});
