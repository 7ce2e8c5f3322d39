import { NODE, runFresh } from "../harness/child-process.mjs";
import { median, runRounds } from "../harness/rounds.mjs";
import { withSink } from "../harness/sink-process.mjs";
import { smallFiles } from "../harness/small-files.mjs";
import { sparseFile } from "../harness/sources.mjs";
import { MiB } from "../harness/units.mjs";
import { verifyObject, verifySmallFiles } from "../harness/verify.mjs";

const PART_SIZES = [1, 2, 4, 8, 16, 32].map((size) => size * MiB);
const CONCURRENCIES = [1, 2, 4, 8, 16];

/**
 * @typedef {import("../harness/context.mjs").Context} Context
 * @typedef {import("../harness/sink-process.mjs").Sink} Sink
 * @typedef {{ cpuMs: number, wallMs: number, rssPeakMiB: number, rssIdleMiB: number, bytes: number, files: number }} Measurement
 */

/** How the cost grows with size. It has charts but no targets: a flat line means a constant cost. */
export const curvesBench = {
  name: "curves",
  keys: [],

  /** @param {Context} context */
  async run(context) {
    return withSink(async (sink) => {
      const detail = {
        size: await perUpload(
          context,
          sink,
          "size",
          context.curveSizes.map((bytes) => ({ x: bytes, bytes, partSize: 8 * MiB, concurrency: 5 })),
        ),
        partSize: await perUpload(
          context,
          sink,
          "part size",
          PART_SIZES.map((x) => ({ x, bytes: context.curveBytes, partSize: x, concurrency: 5 })),
        ),
        concurrency: await perUpload(
          context,
          sink,
          "loops",
          CONCURRENCIES.map((x) => ({ x, bytes: context.curveBytes, partSize: 8 * MiB, concurrency: x })),
        ),
        files: await perFolder(context, sink),
      };
      return { figures: {}, detail };
    });
  },
};

/**
 * CPU per GB of cosup and of the floor, each in a process that has already uploaded. Small objects are uploaded many
 * times. Otherwise one-time costs such as JIT compilation would look like a cost that falls with size.
 * @param {Context} context
 * @param {Sink} sink
 * @param {string} title
 * @param {{ x: number, bytes: number, partSize: number, concurrency: number }[]} points
 */
async function perUpload(context, sink, title, points) {
  const warmUp = await sparseFile(context.curveBytes);
  const found = [];
  for (const { x, bytes, partSize, concurrency } of points) {
    const source = await sparseFile(bytes);
    /** @param {string} script */
    const client = (script) => async () => {
      const options = { origin: sink.origin, path: source.path, key: "big.bin", warmUp: warmUp.path };
      const times = Math.max(1, Math.round(context.curveBytes / bytes));
      const sized = { ...options, partSize, concurrency, times };
      const measured = await runFresh(NODE, `clients/${script}`, sized);
      await verifyObject(sink, source, script);
      return /** @type {Measurement} */ (measured);
    };
    const measured = await runRounds(
      context,
      `curve ${title} ${x >= MiB ? `${x / MiB} MiB` : x}`,
      { ours: client("upload-ours.mjs"), floor: client("upload-floor.mjs") },
      context.curveRounds,
    );
    found.push({ x, ours: costOf(measured.ours), floor: costOf(measured.floor) });
  }
  return found;
}

/** @param {Measurement[]} [rounds] */
function costOf(rounds = []) {
  const perGB = rounds.map(({ cpuMs, bytes }) => cpuMs / 1000 / (bytes / 1e9));
  return { cpuSecondsPerGB: median(perGB), min: Math.min(...perGB), max: Math.max(...perGB) };
}

/** CPU per file and peak memory by the number of files in a folder, also in a warm process. @param {Context} context @param {Sink} sink */
async function perFolder(context, sink) {
  const warmUp = await smallFiles(context.smallCount);
  const found = [];
  for (const count of context.curveCounts) {
    const files = await smallFiles(count);
    const client = async () => {
      const options = { origin: sink.origin, folder: files.folder, concurrency: 5, warmUp: warmUp.folder };
      const times = Math.max(1, Math.round(context.smallCount / count));
      const measured = await runFresh(NODE, "clients/small-ours.mjs", { ...options, times });
      await verifySmallFiles(sink, files, "curve of files");
      return /** @type {Measurement} */ (measured);
    };
    const { ours = [] } = await runRounds(
      context,
      `curve files ${count}`,
      { ours: client },
      context.curveRounds,
    );
    found.push({
      x: count,
      cpuMicrosecondsPerFile: median(ours.map(({ cpuMs, files: done }) => (cpuMs * 1000) / done)),
      filesPerSecond: median(ours.map(({ wallMs, files: done }) => done / (wallMs / 1000))),
      rssPeakMiB: median(ours.map(({ rssPeakMiB }) => rssPeakMiB)),
    });
  }
  return found;
}
