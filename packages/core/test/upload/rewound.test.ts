import { expect, test } from "vitest";
import type { ByteSource } from "../../src/runtime/byte-source.ts";
import { rewound } from "../../src/upload/rewound.ts";
import { pattern } from "../support/random.ts";

const content = pattern(100);

/** A stream of which `begun` bytes were read already; it fails when it is asked for other bytes than the next ones. */
function stream(begun: number) {
  let at = begun;
  const reads: [number, number][] = [];
  const called: string[] = [];
  const source: ByteSource = {
    size: content.length,
    fingerprint: undefined,
    access: "sequential",
    inMemory: false,
    read: async (start, end, into) => {
      expect(start).toBe(at);
      expect(into.length).toBe(end - start);
      reads.push([start, end]);
      const bytes = content.subarray(start, end);
      at += bytes.length;
      into.set(bytes);
      return into.subarray(0, bytes.length);
    },
    interrupt: () => void called.push("interrupt"),
    changed: async () => {
      called.push("changed");
      return true;
    },
    close: async () => void called.push("close"),
  };
  return { source, reads, called };
}

test.each([
  [30, 10],
  [30, 20],
  [30, 30],
  [30, 50],
  [1, 100],
  [100, 40],
])(
  "a stream of which %i bytes were read is read again from its beginning, %i bytes at a time",
  async (begun, step) => {
    const { source, reads } = stream(begun);
    const again = rewound(source, content.slice(0, begun));
    const got: number[] = [];
    for (let start = 0; start < content.length; start += step) {
      const end = start + step;
      got.push(...(await again.read(start, end, new Uint8Array(step), undefined)));
    }
    expect(got).toEqual([...content]);
    // Each byte that was not read before is read once; none of the others is.
    expect(reads.every(([start, end]) => end > start)).toBe(true);
    expect(reads.map(([start]) => start)[0] ?? begun).toBe(begun);
  },
);

test("a stream that is read again ends where the stream ends", async () => {
  const again = rewound(stream(30).source, content.slice(0, 30));
  expect((await again.read(0, 150, new Uint8Array(150), undefined)).length).toBe(100);
  expect((await again.read(100, 150, new Uint8Array(50), undefined)).length).toBe(0);
});

test("interrupting, closing, and asking whether it changed go to the stream itself", async () => {
  const { source, called } = stream(30);
  const again = rewound(source, content.slice(0, 30));
  expect([again.size, again.access, again.inMemory]).toEqual([100, "sequential", false]);
  again.interrupt?.();
  expect(await again.changed()).toBe(true);
  await again.close();
  expect(called).toEqual(["interrupt", "changed", "close"]);
});

test("a stream that cannot be interrupted still cannot when it is read again", () => {
  const { interrupt: _, ...source } = stream(30).source;
  expect(rewound(source, content.slice(0, 30)).interrupt).toBeUndefined();
});
