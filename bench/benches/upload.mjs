import { NODE, runFresh } from "../harness/child-process.mjs";
import { figure } from "../harness/figures.mjs";
import { requireSameFloor } from "../harness/frozen-floor.mjs";
import { median, ratios, runRounds } from "../harness/rounds.mjs";
import { trustingSink, withSink } from "../harness/sink-process.mjs";
import { partMd5s, randomFile } from "../harness/sources.mjs";
import { MiB } from "../harness/units.mjs";
import { verifyObject } from "../harness/verify.mjs";

/** Parts sent at the same time: the default of the COS SDKs. */
const CONCURRENCY = 5;

/** @typedef {{ wallMs: number, cpuMs: number, bytes: number, rssIdleMiB: number, rssPeakMiB: number }} Measurement */

/** @param {Measurement} measurement */
const cpu = ({ cpuMs }) => cpuMs;
/** @param {Measurement} measurement */
const wall = ({ wallMs }) => wallMs;

export const uploadBench = uploadBenchOf("upload", false);
export const uploadHttpsBench = uploadBenchOf("https.upload", true);

/**
 * The same bench over HTTP and over HTTPS.
 * @param {"upload" | "https.upload"} prefix of its figures
 * @param {boolean} secure
 */
function uploadBenchOf(prefix, secure) {
  const key = (/** @type {string} */ name) => `${prefix}.${name}`;
  return {
    name: secure ? "upload-https" : "upload",
    keys: [
      "cpuVsFloor",
      "cpuVsFloor1MB",
      "cpuOfficialOverOurs",
      "cpuOfficialOverOursMd5",
      "throughputVsOfficial",
      ...(secure ? ["overIdleMiB"] : []),
    ].map(key),

    /** @param {import("../harness/context.mjs").Context} context */
    async run(context) {
      await requireSameFloor();
      const source = await randomFile(context.uploadBytes);
      const md5s = await partMd5s(source, 8 * MiB);
      return withSink(async (sink) => {
        /** @param {string} script @param {object} options @param {string[]} [expected] */
        const client = (script, options, expected) => async () => {
          const origin = secure ? sink.secureOrigin : sink.origin;
          const shared = { origin, path: source.path, key: "big.bin", concurrency: CONCURRENCY };
          const found = await runFresh(NODE, `clients/${script}`, { ...shared, ...options }, trustingSink);
          await verifyObject(sink, source, script, expected);
          return /** @type {Measurement} */ (found);
        };
        const partSize = 8 * MiB;
        const large = await runRounds(context, `${prefix} 8 MiB parts`, {
          floor: client("upload-floor.mjs", { partSize }),
          "floor in blocks": client("upload-floor-blocks.mjs", { partSize }),
          ours: client("upload-ours.mjs", { partSize }),
          "ours with MD5": client("upload-ours.mjs", { partSize, enableMd5: true }, md5s),
          official: client("upload-official.mjs", { partSize }, md5s),
        });
        const small = await runRounds(context, `${prefix} 1 MiB parts`, {
          floor: client("upload-floor.mjs", { partSize: MiB }),
          ours: client("upload-ours.mjs", { partSize: MiB }),
        });
        return {
          figures: figuresOf(key, secure, large, small),
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
}

/**
 * @param {(name: string) => string} key
 * @param {boolean} secure
 * @param {Record<string, Measurement[]>} large
 * @param {Record<string, Measurement[]>} small
 */
function figuresOf(key, secure, large, small) {
  const { floor = [], ours = [], "ours with MD5": oursMd5 = [], official = [] } = large;
  /** @type {Record<string, number[]>} */
  const values = {
    cpuVsFloor: ratios(ours, floor, cpu),
    cpuVsFloor1MB: ratios(small.ours ?? [], small.floor ?? [], cpu),
    cpuOfficialOverOurs: ratios(official, ours, cpu),
    cpuOfficialOverOursMd5: ratios(official, oursMd5, cpu),
    throughputVsOfficial: ratios(official, ours, wall),
  };
  if (secure) values.overIdleMiB = ours.map(({ rssPeakMiB, rssIdleMiB }) => rssPeakMiB - rssIdleMiB);
  return Object.fromEntries(
    Object.entries(values).map(([name, each]) => [key(name), figure(key(name), each)]),
  );
}

/** Medians of CPU and throughput. @param {Record<string, Pick<Measurement, "wallMs" | "cpuMs" | "bytes">[]>} measured */
export function summary(measured) {
  return Object.entries(measured).map(([name, rounds]) => ({
    name,
    cpuSecondsPerGB: median(rounds.map(({ cpuMs, bytes }) => cpuMs / 1000 / (bytes / 1e9))),
    gigabytesPerSecond: median(rounds.map(({ wallMs, bytes }) => bytes / 1e9 / (wallMs / 1000))),
  }));
}
