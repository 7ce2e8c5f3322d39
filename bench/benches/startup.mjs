import { createCRC64 } from "hash-wasm";
import { NODE, runFresh } from "../harness/child-process.mjs";
import { figure } from "../harness/figures.mjs";
import { median, ratios, runRounds } from "../harness/rounds.mjs";
import { withSink } from "../harness/sink-process.mjs";
import { verifyObject } from "../harness/verify.mjs";

const BODY = "the first request of a process";

/** @typedef {{ readyMs: number, cpuMs: number }} Measurement */

export const startupBench = {
  name: "startup",
  keys: ["startup.vsOfficial"],

  /** @param {import("../harness/context.mjs").Context} context */
  async run(context) {
    const crc64 = String(BigInt(`0x${(await createCRC64()).update(BODY).digest()}`));
    return withSink(async (sink) => {
      /** @param {string} script */
      const client = (script) => async () => {
        const found = await runFresh(NODE, `clients/${script}`, { origin: sink.origin, body: BODY });
        await verifyObject(sink, { path: "", size: BODY.length, crc64 }, script);
        return /** @type {Measurement} */ (found);
      };
      const measured = await runRounds(
        context,
        "start-up",
        { ours: client("startup-ours.mjs"), official: client("startup-official.mjs") },
        // The runs are short and noisy, so there are more rounds.
        context.rounds * 2 + 1,
      );
      const { ours = [], official = [] } = measured;
      const summary = Object.entries(measured).map(([name, rounds]) => ({
        name,
        readyMs: median(rounds.map(({ readyMs }) => readyMs)),
      }));
      return {
        figures: {
          "startup.vsOfficial": figure(
            "startup.vsOfficial",
            ratios(official, ours, ({ readyMs }) => readyMs),
          ),
        },
        detail: { summary },
      };
    });
  },
};
