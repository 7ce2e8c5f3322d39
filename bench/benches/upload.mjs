import { NODE, runFresh } from "../harness/child-process.mjs";
import { figure } from "../harness/figures.mjs";
import { median, ratios, runRounds } from "../harness/rounds.mjs";
import { withSink } from "../harness/sink-process.mjs";
import { partMd5s, randomFile } from "../harness/sources.mjs";
import { MiB } from "../harness/units.mjs";
import { verifyObject } from "../harness/verify.mjs";

/** Parts sent at the same time: the default of the COS SDKs. */
const CONCURRENCY = 5;

/** @typedef {{ wallMs: number, cpuMs: number, bytes: number }} Measurement */

/** @param {Measurement} measurement */
const cpu = ({ cpuMs }) => cpuMs;
/** @param {Measurement} measurement */
const wall = ({ wallMs }) => wallMs;

export const uploadBench = {
  name: "upload",
  keys: [
    "upload.cpuVsFloor",
    "upload.cpuVsFloor1MB",
    "upload.cpuOfficialOverOurs",
    "upload.cpuOfficialOverOursMd5",
    "upload.throughputVsOfficial",
  ],

  /** @param {import("../harness/context.mjs").Context} context */
  async run(context) {
    const source = await randomFile(context.uploadBytes);
    const md5s = await partMd5s(source, 8 * MiB);
    return withSink(async (sink) => {
      /** @param {string} script @param {object} options @param {string[]} [expected] */
      const client = (script, options, expected) => async () => {
        const shared = { origin: sink.origin, path: source.path, key: "big.bin", concurrency: CONCURRENCY };
        const found = await runFresh(NODE, `clients/${script}`, { ...shared, ...options });
        await verifyObject(sink, source, script, expected);
        return /** @type {Measurement} */ (found);
      };
      const partSize = 8 * MiB;
      const large = await runRounds(context, "upload 8 MiB parts", {
        floor: client("upload-floor.mjs", { partSize }),
        ours: client("upload-ours.mjs", { partSize }),
        "ours with MD5": client("upload-ours.mjs", { partSize, enableMd5: true }, md5s),
        official: client("upload-official.mjs", { partSize }, md5s),
      });
      const small = await runRounds(context, "upload 1 MiB parts", {
        floor: client("upload-floor.mjs", { partSize: MiB }),
        ours: client("upload-ours.mjs", { partSize: MiB }),
      });
      const { floor = [], ours = [], "ours with MD5": oursMd5 = [], official = [] } = large;
      return {
        figures: {
          "upload.cpuVsFloor": figure("upload.cpuVsFloor", ratios(ours, floor, cpu)),
          "upload.cpuVsFloor1MB": figure(
            "upload.cpuVsFloor1MB",
            ratios(small.ours ?? [], small.floor ?? [], cpu),
          ),
          "upload.cpuOfficialOverOurs": figure("upload.cpuOfficialOverOurs", ratios(official, ours, cpu)),
          "upload.cpuOfficialOverOursMd5": figure(
            "upload.cpuOfficialOverOursMd5",
            ratios(official, oursMd5, cpu),
          ),
          "upload.throughputVsOfficial": figure("upload.throughputVsOfficial", ratios(official, ours, wall)),
        },
        detail: {
          bytes: source.size,
          concurrency: CONCURRENCY,
          "8 MiB parts": summary(large),
          "1 MiB parts": summary(small),
        },
      };
    });
  },
};

/** Medians of CPU and throughput. @param {Record<string, Measurement[]>} measured */
export function summary(measured) {
  return Object.entries(measured).map(([name, rounds]) => ({
    name,
    cpuSecondsPerGB: median(rounds.map(({ cpuMs, bytes }) => cpuMs / 1000 / (bytes / 1e9))),
    gigabytesPerSecond: median(rounds.map(({ wallMs, bytes }) => bytes / 1e9 / (wallMs / 1000))),
  }));
}
