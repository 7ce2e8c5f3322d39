import { describe, expect, test } from "vitest";
import { decodeBatch, digestOf, encodeItems } from "../src/jobs/batch-codec.ts";
import { type Group, groupEntries } from "../src/jobs/group-entries.ts";
import { checkRunId, createRunId, jobIdOf, parseJobId } from "../src/jobs/ids.ts";
import { MIB, numbered, smallEntries } from "./support/fleet-rig.ts";

describe("ids", () => {
  test("a job's id is read back, also with a run whose name has dashes", () => {
    const tasks = ["b7", "t0", "o12.init", "o12.0123456789ab.r33", "o12.0123456789ab.done"].map((job) =>
      parseJobId(jobIdOf("my-run", job)),
    );
    expect(tasks).toEqual([
      { run: "my-run", job: "b7", task: { kind: "batch" } },
      { run: "my-run", job: "t0", task: { kind: "batch" } },
      { run: "my-run", job: "o12.init", task: { kind: "init", object: "o12" } },
      {
        run: "my-run",
        job: "o12.0123456789ab.r33",
        task: { kind: "range", object: "o12", note: "o12:0123456789ab", from: 33 },
      },
      {
        run: "my-run",
        job: "o12.0123456789ab.done",
        task: { kind: "done", object: "o12", note: "o12:0123456789ab" },
      },
    ]);
  });

  test("ids of others are none of ours", () => {
    expect(["17", "-b1", "run-x1", "run-o1", "run-b1.init"].map(parseJobId)).toEqual(
      Array(5).fill(undefined),
    );
  });

  test("runs have names that keys of Redis can contain", () => {
    expect(checkRunId(createRunId(Date.now()))).toMatch(/^[a-z0-9]{14}$/);
    for (const name of ["", "a:b", "a b", "x".repeat(41)]) {
      expect(() => checkRunId(name)).toThrow("must be 1 to 40 letters, digits, '_', '.' or '-'");
    }
  });
});

describe("batches", () => {
  test("come back as they were, and need little room", async () => {
    const items = smallEntries(100).map((entry, index) => ({
      line: index + 1,
      entry,
      tries: index % 3,
      isRepeat: index % 2 === 0,
    }));
    const encoded = await encodeItems(items);
    expect(await decodeBatch(Buffer.concat([Buffer.from("12\n"), encoded]))).toEqual({ version: 12, items });
    expect(encoded.length).toBeLessThan(2000);
  });

  test("have a digest of each entry and its line", () => {
    const [one, other] = [
      { line: 1, entry: { source: "/a", key: "a" } },
      { line: 2, entry: { source: "/a", key: "a" } },
    ];
    expect(digestOf([one]).equals(digestOf([{ ...one }]))).toBe(true);
    expect(digestOf([one]).equals(digestOf([other]))).toBe(false);
  });
});

test("entries are grouped by number and bytes, and a large one is alone", async () => {
  const sizes = [1, 1, 1, 1, 9 * MIB, 3 * MIB, 3 * MIB, undefined, 5 * MIB];
  const entries = sizes.map((size, index) => ({ source: "/x", key: `k${index}`, size }));
  const groups: Group[] = [];
  const limits = { partSize: 8 * MIB, batchObjects: 3, batchBytes: 7 * MIB };
  for await (const group of groupEntries(numbered(entries), limits)) groups.push(group);
  const lines = groups.map((group) =>
    group.kind === "large" ? -group.line : group.entries.map(({ line }) => line),
  );
  expect(lines).toEqual([[1, 2, 3], -5, [4, 6, 7], [8, 9]]);
});
