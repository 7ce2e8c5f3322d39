import { NODE, runFresh } from "../harness/child-process.mjs";
import { figure } from "../harness/figures.mjs";
import { runRounds } from "../harness/rounds.mjs";
import { withSink } from "../harness/sink-process.mjs";
import { sparseFile } from "../harness/sources.mjs";
import { verifyObject } from "../harness/verify.mjs";

const PART = 8 * 1024 * 1024;
const CONCURRENCY = 5;

export const lagBench = {
  name: "lag",
  keys: ["lag.p99Ms"],

  /** @param {import("../harness/context.mjs").Context} context */
  async run(context) {
    const source = await sparseFile(context.lagBytes);
    return withSink(async (sink) => {
      const client = async () => {
        const options = { origin: sink.origin, path: source.path, key: "big.bin" };
        const sized = { ...options, partSize: PART, concurrency: CONCURRENCY };
        const found = await runFresh(NODE, "clients/lag.mjs", sized);
        await verifyObject(sink, source, "lag");
        return /** @type {{ p50Ms: number, p99Ms: number, maxMs: number }} */ (found);
      };
      const { ours = [] } = await runRounds(context, "event-loop lag", { ours: client });
      return {
        figures: {
          "lag.p99Ms": figure(
            "lag.p99Ms",
            ours.map(({ p99Ms }) => p99Ms),
          ),
        },
        detail: { bytes: source.size, partSize: PART, concurrency: CONCURRENCY, ours },
      };
    });
  },
};
