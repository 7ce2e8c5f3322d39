import { crc64Bench } from "./crc64.mjs";
import { curvesBench } from "./curves.mjs";
import { downloadBench } from "./download.mjs";
import { lagBench } from "./lag.mjs";
import { md5Bench } from "./md5.mjs";
import { memoryBench } from "./memory.mjs";
import { peersBench, peersHttpsBench } from "./peers.mjs";
import { resumeBench } from "./resume.mjs";
import { smallBench, smallHttpsBench } from "./small.mjs";
import { startupBench } from "./startup.mjs";
import { threadsBench } from "./threads.mjs";
import { uploadBench, uploadHttpsBench } from "./upload.mjs";
import { uploadDenoBench, uploadDenoHttpsBench } from "./upload-deno.mjs";

/**
 * @typedef {object} Outcome
 * @property {Record<string, import("../harness/figures.mjs").Figure>} figures
 * @property {any} detail data for the charts
 *
 * @typedef {object} Bench
 * @property {string} name
 * @property {readonly string[]} keys the figures that it measures
 * @property {(context: import("../harness/context.mjs").Context) => Promise<Outcome>} run
 */

/** All benches, in the order in which they run. @type {readonly Bench[]} */
export const BENCHES = [
  crc64Bench,
  md5Bench,
  uploadBench,
  uploadHttpsBench,
  peersBench,
  peersHttpsBench,
  threadsBench,
  uploadDenoBench,
  uploadDenoHttpsBench,
  downloadBench,
  smallBench,
  smallHttpsBench,
  memoryBench,
  lagBench,
  startupBench,
  resumeBench,
  curvesBench,
];
