import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { NODE, runFresh } from "../harness/child-process.mjs";
import { figure } from "../harness/figures.mjs";
import { ratios, runRounds } from "../harness/rounds.mjs";
import { withSink } from "../harness/sink-process.mjs";
import { randomFile } from "../harness/sources.mjs";
import { MiB } from "../harness/units.mjs";
import { verifyFile } from "../harness/verify.mjs";
import { summary } from "./upload.mjs";

/** Ranges under way at the same time: the default of cosup and of the official SDK. */
const CONCURRENCY = 5;
/** The default of cosup. That of the official SDK is 1 MB: it is measured with both. */
const PART_SIZE = 8 * MiB;

/** @param {import("./upload.mjs").Measurement} measurement */
const cpu = ({ cpuMs }) => cpuMs;

export const downloadBench = {
  name: "download",
  keys: ["download.cpuVsFloor", "download.cpuOfficialOverOurs"],

  /** @param {import("../harness/context.mjs").Context} context */
  async run(context) {
    const source = await randomFile(context.uploadBytes);
    return withSink(async (sink) => {
      await sink.hold({ key: "big.bin", path: source.path, crc64: source.crc64 });
      /** @param {string} script @param {number} [partSize] undefined: the client's own */
      const client = (script, partSize) => async () => {
        const path = join(tmpdir(), `cosup-bench-${process.pid}.bin`);
        try {
          const options = {
            origin: sink.origin,
            key: "big.bin",
            path,
            partSize,
            concurrency: CONCURRENCY,
          };
          const found = await runFresh(NODE, `clients/${script}`, options);
          await verifyFile(path, source, script);
          return /** @type {import("./upload.mjs").Measurement} */ (found);
        } finally {
          await rm(path, { force: true });
        }
      };
      const measured = await runRounds(context, "download", {
        floor: client("download-floor.mjs", PART_SIZE),
        ours: client("download-ours.mjs", PART_SIZE),
        official: client("download-official.mjs"),
        officialSameRanges: client("download-official.mjs", PART_SIZE),
      });
      const { floor = [], ours = [], official = [] } = measured;
      return {
        figures: {
          "download.cpuVsFloor": figure("download.cpuVsFloor", ratios(ours, floor, cpu)),
          "download.cpuOfficialOverOurs": figure("download.cpuOfficialOverOurs", ratios(official, ours, cpu)),
        },
        detail: {
          bytes: source.size,
          concurrency: CONCURRENCY,
          partSize: PART_SIZE,
          summary: summary(measured),
        },
      };
    });
  },
};
