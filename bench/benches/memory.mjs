import { NODE, runFresh } from "../harness/child-process.mjs";
import { figure } from "../harness/figures.mjs";
import { runRounds } from "../harness/rounds.mjs";
import { withSink } from "../harness/sink-process.mjs";
import { sparseFile } from "../harness/sources.mjs";
import { verifyObject } from "../harness/verify.mjs";

const PART = 8 * 1024 * 1024;
const CONCURRENCY = 5;

/** @typedef {{ rssIdleMiB: number, rssPeakMiB: number }} Measurement */

export const memoryBench = {
  name: "memory",
  keys: ["memory.overIdleMiB", "memory.growthMiB"],

  /** @param {import("../harness/context.mjs").Context} context */
  async run(context) {
    const [small, large] = context.memoryBytes;
    const sources = { small: await sparseFile(small), large: await sparseFile(large) };
    return withSink(async (sink) => {
      /** @param {import("../harness/sources.mjs").Source} source */
      const client = (source) => async () => {
        const options = { origin: sink.origin, path: source.path, key: "big.bin" };
        const sized = { ...options, partSize: PART, concurrency: CONCURRENCY };
        const found = await runFresh(NODE, "clients/upload-ours.mjs", sized);
        await verifyObject(sink, source, "memory");
        return /** @type {Measurement} */ (found);
      };
      const measured = await runRounds(context, "memory", {
        small: client(sources.small),
        large: client(sources.large),
      });
      const larger = measured.large ?? [];
      const overIdle = larger.map(({ rssPeakMiB, rssIdleMiB }) => rssPeakMiB - rssIdleMiB);
      const growth = larger.map(
        ({ rssPeakMiB }, round) => rssPeakMiB - (measured.small?.[round]?.rssPeakMiB ?? 0),
      );
      return {
        figures: {
          "memory.overIdleMiB": figure("memory.overIdleMiB", overIdle),
          "memory.growthMiB": figure("memory.growthMiB", growth),
        },
        detail: { bytes: context.memoryBytes, partSize: PART, concurrency: CONCURRENCY, measured },
      };
    });
  },
};
