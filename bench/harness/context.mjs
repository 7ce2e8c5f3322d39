import { MiB } from "./units.mjs";

const GiB = 1024 * MiB;

/**
 * @typedef {object} Scale sizes and rounds; ratios are comparable between scales, but noisier at a smaller one
 * @property {number} rounds
 * @property {number} hashMs milliseconds of hashing per measurement
 * @property {number} uploadBytes
 * @property {number} smallCount
 * @property {[number, number]} memoryBytes the smaller and the larger upload
 * @property {number} lagBytes
 * @property {number} resumeBytes
 * @property {number} curveRounds
 * @property {number} curveBytes
 * @property {number[]} curveSizes
 * @property {number[]} curveCounts
 */

/** @type {Record<"full" | "quick" | "tiny", Scale>} */
const SCALES = {
  full: {
    rounds: 5,
    hashMs: 400,
    uploadBytes: GiB,
    smallCount: 10_000,
    memoryBytes: [GiB, 10 * GiB],
    lagBytes: 2 * GiB,
    resumeBytes: GiB,
    curveRounds: 3,
    curveBytes: GiB,
    curveSizes: [64 * MiB, 256 * MiB, GiB, 4 * GiB, 10 * GiB],
    curveCounts: [100, 1_000, 10_000, 100_000],
  },
  quick: {
    rounds: 3,
    hashMs: 150,
    uploadBytes: 512 * MiB,
    smallCount: 2_000,
    memoryBytes: [256 * MiB, 2 * GiB],
    lagBytes: GiB,
    resumeBytes: 512 * MiB,
    curveRounds: 1,
    curveBytes: 256 * MiB,
    curveSizes: [64 * MiB, 256 * MiB, GiB],
    curveCounts: [100, 1_000, 5_000],
  },
  // For tests of the harness: the figures mean nothing, and no results are saved.
  tiny: {
    rounds: 2,
    hashMs: 20,
    uploadBytes: 32 * MiB,
    smallCount: 200,
    memoryBytes: [32 * MiB, 64 * MiB],
    lagBytes: 64 * MiB,
    resumeBytes: 32 * MiB,
    curveRounds: 1,
    curveBytes: 32 * MiB,
    curveSizes: [32 * MiB, 64 * MiB],
    curveCounts: [100, 200],
  },
};

/** @typedef {Scale & { scale: "full" | "quick" | "tiny", progress(text: string): void }} Context */

/** @param {"full" | "quick" | "tiny"} scale @returns {Context} */
export function createContext(scale) {
  return { ...SCALES[scale], scale, progress: showProgress };
}

/** Prints progress to stderr: one line that is overwritten on a terminal, separate lines in a log. @param {string} text */
export function showProgress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[2K${text}`);
  else process.stderr.write(`${text}\n`);
}

export function clearProgress() {
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[2K");
}
