import { NODE, runFresh } from "../harness/child-process.mjs";
import { figure } from "../harness/figures.mjs";
import { median, ratios, runRounds } from "../harness/rounds.mjs";
import { trustingSink, withSink } from "../harness/sink-process.mjs";
import { SMALL_BYTES, smallFiles } from "../harness/small-files.mjs";
import { verifySmallFiles } from "../harness/verify.mjs";

/** Files uploaded at the same time by every client: the default of cosup. */
const CONCURRENCY = 5;

/** @typedef {{ wallMs: number, cpuMs: number, files: number }} Measurement */

/** @param {Measurement} measurement */
const filesPerSecond = ({ files, wallMs }) => files / (wallMs / 1000);

export const smallBench = smallBenchOf("small", false);
export const smallHttpsBench = smallBenchOf("https.small", true);

/**
 * The same bench over HTTP and over HTTPS.
 * @param {"small" | "https.small"} prefix of its figures
 * @param {boolean} secure
 */
function smallBenchOf(prefix, secure) {
  const [vsOfficial, vsFloor] = [`${prefix}.vsOfficial`, `${prefix}.vsFloor`];
  return {
    name: secure ? "small-https" : "small",
    keys: [vsOfficial, vsFloor],

    /** @param {import("../harness/context.mjs").Context} context */
    async run(context) {
      const files = await smallFiles(context.smallCount);
      return withSink(async (sink) => {
        /** @param {string} script */
        const client = (script) => async () => {
          const origin = secure ? sink.secureOrigin : sink.origin;
          const options = { origin, folder: files.folder, concurrency: CONCURRENCY };
          const found = await runFresh(NODE, `clients/${script}`, options, trustingSink);
          await verifySmallFiles(sink, files, script);
          return /** @type {Measurement} */ (found);
        };
        const measured = await runRounds(context, `${prefix} files`, {
          floor: client("small-floor.mjs"),
          ours: client("small-ours.mjs"),
          official: client("small-official.mjs"),
        });
        const { floor = [], ours = [], official = [] } = measured;
        const summary = Object.entries(measured).map(([name, rounds]) => ({
          name,
          filesPerSecond: median(rounds.map(filesPerSecond)),
          cpuMicrosecondsPerFile: median(rounds.map(({ cpuMs, files: count }) => (cpuMs * 1000) / count)),
        }));
        return {
          figures: {
            [vsOfficial]: figure(vsOfficial, ratios(ours, official, filesPerSecond)),
            [vsFloor]: figure(vsFloor, ratios(ours, floor, filesPerSecond)),
          },
          detail: { files: files.count, bytes: SMALL_BYTES, concurrency: CONCURRENCY, summary },
        };
      });
    },
  };
}
