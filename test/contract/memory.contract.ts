import type { ContractCase } from "./contract.ts";
import { MB, noise, streamOf } from "./fixtures/bytes.ts";
import { expectStored } from "./fixtures/stored.ts";

interface Growth {
  /** Pages of WebAssembly memory that were asked for since the watch began. */
  pages: number;
  stop(): void;
}

/** Not in the types of every runtime. */
interface MemoryClass {
  readonly prototype: { grow(this: object, pages: number): number };
}

/** Counts what any instance of WebAssembly takes: only core's method says so in all runtimes. */
function watchGrowth(): Growth {
  const { prototype } = (globalThis as unknown as { WebAssembly: { Memory: MemoryClass } }).WebAssembly
    .Memory;
  const { grow } = prototype;
  const growth: Growth = {
    pages: 0,
    stop: () => {
      prototype.grow = grow;
    },
  };
  prototype.grow = function (pages) {
    growth.pages += pages;
    return grow.call(this, pages);
  };
  return growth;
}

export const cases: readonly ContractCase[] = [
  {
    name: "an idle client keeps its part buffers, and the next upload takes no more memory",
    run: async (t, rig) => {
      const growth = watchGrowth();
      try {
        // The budget is smaller than what five parts at once need, so that the first upload takes all of it.
        const client = rig.createClient({ memoryBudget: 3 * 1024 * 1024 });
        const bytes = noise(8 * MB);
        const keys = [rig.uniqueKey("memory-first"), rig.uniqueKey("memory-second")];
        const taken: number[] = [];
        for (const Key of keys) {
          await client.uploadFile({ Bucket: rig.Bucket, Key, Body: streamOf(bytes), PartSize: 1 });
          taken.push(growth.pages);
        }
        t.deepEqual(taken, [48, 48], "pages after the first upload, and after the second");
        for (const Key of keys) await expectStored(t, rig, Key, bytes);
      } finally {
        growth.stop();
      }
    },
  },
];
