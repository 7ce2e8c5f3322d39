import { NODE, runFresh } from "../harness/child-process.mjs";
import { figure } from "../harness/figures.mjs";
import { median, ratios, runRounds } from "../harness/rounds.mjs";
import { withSink } from "../harness/sink-process.mjs";
import { randomFile } from "../harness/sources.mjs";
import { verifyObject } from "../harness/verify.mjs";

const PART = 8 * 1024 * 1024;
const CONCURRENCY = 5;
const KEY = "resume.verifyVsNodeCrypto";

/** @typedef {{ wallMs: number, bytes: number, partsSent: number, partsResumed: number }} Measurement */

export const resumeBench = {
  name: "resume",
  keys: [KEY],

  /** @param {import("../harness/context.mjs").Context} context */
  async run(context) {
    const source = await randomFile(context.resumeBytes);
    return withSink(async (sink) => {
      /** @param {string} script */
      const client = (script) => async () => {
        await sink.seed({ key: "big.bin", path: source.path, partSize: PART });
        const options = { origin: sink.origin, path: source.path, key: "big.bin" };
        const sized = { ...options, partSize: PART, concurrency: CONCURRENCY };
        const found = /** @type {Measurement} */ (await runFresh(NODE, `clients/${script}`, sized));
        await verifyObject(sink, source, script);
        if (found.partsSent !== 0 || found.partsResumed !== Math.ceil(source.size / PART)) {
          throw new Error(
            `${script}: ${found.partsSent} parts were sent, ${found.partsResumed} were resumed`,
          );
        }
        return found;
      };
      const measured = await runRounds(context, "resume", {
        ours: client("resume-ours.mjs"),
        "node:crypto": client("resume-node-crypto.mjs"),
      });
      const { ours = [], "node:crypto": native = [] } = measured;
      const summary = Object.entries(measured).map(([name, rounds]) => ({
        name,
        gigabytesPerSecond: median(rounds.map(({ wallMs, bytes }) => bytes / 1e9 / (wallMs / 1000))),
      }));
      return {
        figures: {
          [KEY]: figure(
            KEY,
            ratios(native, ours, ({ wallMs }) => wallMs),
          ),
        },
        detail: { bytes: source.size, partSize: PART, concurrency: CONCURRENCY, summary },
      };
    });
  },
};
