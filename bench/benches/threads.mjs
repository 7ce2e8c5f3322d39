import { NODE, runFresh } from "../harness/child-process.mjs";
import { figure } from "../harness/figures.mjs";
import { ratios, runRounds } from "../harness/rounds.mjs";
import { trustingSink, withSink } from "../harness/sink-process.mjs";
import { sparseFile } from "../harness/sources.mjs";
import { MiB } from "../harness/units.mjs";
import { verifyObject } from "../harness/verify.mjs";
import { summary } from "./upload.mjs";

/** Two parts for each of four threads. */
const CONCURRENCY = 8;

/**
 * The file is so many times the usual one. A thread that starts, and compiles what is compiled in the main one too, takes 0.1 to
 * 0.2 s of processor time: a tenth of what 1 GiB takes.
 */
const UPLOADS = 8;

/** @typedef {{ wallMs: number, cpuMs: number, busiestMs: number, bytes: number }} Measurement */

/** @param {Measurement} measurement */
const cpu = ({ cpuMs }) => cpuMs;
/** @param {Measurement} measurement */
const busiest = ({ busiestMs }) => busiestMs;

/** The same upload by HTTPS with the threads of `createCos({ threads })`. */
export const threadsBench = {
  name: "threads",
  keys: ["threads.cpuOfTwoOverNone", "threads.busiestOfTwo", "threads.busiestOfFour"],

  /** @param {import("../harness/context.mjs").Context} context */
  async run(context) {
    const source = await sparseFile(UPLOADS * context.uploadBytes);
    return withSink(async (sink) => {
      /** @param {number} [threads] */
      const client = (threads) => async () => {
        const shared = { origin: sink.secureOrigin, path: source.path, key: "big.bin", threads };
        const options = { ...shared, partSize: 8 * MiB, concurrency: CONCURRENCY };
        const found = await runFresh(NODE, "clients/upload-ours.mjs", options, trustingSink);
        await verifyObject(sink, source, "threads");
        return /** @type {Measurement} */ (found);
      };
      const measured = await runRounds(context, "threads", {
        none: client(),
        two: client(2),
        four: client(4),
      });
      const { none = [], two = [], four = [] } = measured;
      return {
        figures: {
          "threads.cpuOfTwoOverNone": figure("threads.cpuOfTwoOverNone", ratios(two, none, cpu)),
          "threads.busiestOfTwo": figure("threads.busiestOfTwo", ratios(two, none, busiest)),
          "threads.busiestOfFour": figure("threads.busiestOfFour", ratios(four, none, busiest)),
        },
        detail: { bytes: source.size, concurrency: CONCURRENCY, uploads: summary(measured) },
      };
    });
  },
};
