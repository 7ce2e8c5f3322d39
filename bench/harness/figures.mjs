import { median } from "./rounds.mjs";

/**
 * One figure of the table.
 * @typedef {object} Figure
 * @property {number | null} value median over the rounds; null if it was not measured
 * @property {{ min: number, max: number } | null} spread
 * @property {number} rounds
 * @property {string} target
 * @property {boolean} reached
 * @property {string} [notMeasured] the reason
 */

/** Every figure with its description, target and unit. @type {Record<string, { says: string, atLeast?: number, atMost?: number, unit: string }>} */
export const FIGURES = {
  "crc64.vsHashWasm": { says: "CRC64 over hash-wasm, Node", atLeast: 4.5, unit: "×" },
  "crc64.vsSlicing16": { says: "CRC64 over slicing by 16, Node", atLeast: 3.8, unit: "×" },
  "crc64.deno.vsHashWasm": { says: "CRC64 over hash-wasm, Deno", atLeast: 3.5, unit: "×" },
  "crc64.deno.vsSlicing16": { says: "CRC64 over slicing by 16, Deno", atLeast: 3.5, unit: "×" },
  "crc64.workerd.vsHashWasm": { says: "CRC64 over hash-wasm, workerd", atLeast: 3.5, unit: "×" },
  "crc64.workerd.vsSlicing16": { says: "CRC64 over slicing by 16, workerd", atLeast: 3.5, unit: "×" },
  "crc64.vsNativeAddon": { says: "CRC64 over the addon crc64-ecma182", atLeast: 2.5, unit: "×" },
  "md5.lanesVsNodeCrypto": { says: "MD5 of 8 parts over node:crypto", atLeast: 2.5, unit: "×" },
  "upload.cpuVsFloor": { says: "upload CPU over the floor, 8 MiB parts", atMost: 1.05, unit: "×" },
  "upload.cpuVsFloor1MB": { says: "upload CPU over the floor, 1 MiB parts", atMost: 1.25, unit: "×" },
  "upload.cpuOfficialOverOurs": { says: "upload CPU, official SDK over ours", atLeast: 6, unit: "×" },
  "upload.cpuOfficialOverOursMd5": { says: "the same, both with MD5", atLeast: 3.5, unit: "×" },
  "upload.throughputVsOfficial": { says: "upload throughput over the official SDK", atLeast: 4, unit: "×" },
  "https.upload.cpuVsFloor": {
    says: "upload CPU by HTTPS over the floor, 8 MiB parts",
    atMost: 0.95,
    unit: "×",
  },
  "https.upload.cpuVsFloor1MB": { says: "the same, 1 MiB parts", atMost: 1.1, unit: "×" },
  "https.upload.cpuOfficialOverOurs": {
    says: "upload CPU by HTTPS, official SDK over ours",
    atLeast: 4.5,
    unit: "×",
  },
  "https.upload.cpuOfficialOverOursMd5": { says: "the same, both with MD5", atLeast: 3, unit: "×" },
  "https.upload.throughputVsOfficial": {
    says: "upload throughput by HTTPS over the official SDK",
    atLeast: 3,
    unit: "×",
  },
  "https.upload.overIdleMiB": { says: "peak RSS over idle, 1 GiB by HTTPS", atMost: 72, unit: "MiB" },
  "peers.overOpendal": {
    says: "upload CPU over opendal, which verifies nothing, without the start of the process",
    atMost: 1.05,
    unit: "×",
  },
  "peers.overCurl": { says: "CPU of the whole process over curl", atMost: 2.5, unit: "×" },
  "peers.rcloneOverOurs": { says: "CPU of the whole process, rclone over ours", atLeast: 5.5, unit: "×" },
  "peers.libStorageOverOurs": {
    says: "CPU of the whole process, lib-storage of the AWS SDK over ours",
    atLeast: 3,
    unit: "×",
  },
  "https.peers.overCurl": { says: "CPU of the whole process by HTTPS over curl", atMost: 1.9, unit: "×" },
  "https.peers.rcloneOverOurs": { says: "the same, rclone over ours", atLeast: 5.5, unit: "×" },
  "https.peers.libStorageOverOurs": {
    says: "the same, lib-storage of the AWS SDK over ours",
    atLeast: 3,
    unit: "×",
  },
  "threads.cpuOfTwoOverNone": { says: "upload CPU by HTTPS, two threads over none", atMost: 1.05, unit: "×" },
  "threads.busiestOfTwo": {
    says: "CPU of the busiest of two threads over that of none",
    atMost: 0.55,
    unit: "×",
  },
  "threads.busiestOfFour": {
    says: "CPU of the busiest of four threads over that of none",
    atMost: 0.3,
    unit: "×",
  },
  "upload.denoVsFloor": { says: "upload CPU in Deno over a loop of its own fetch", atMost: 1.15, unit: "×" },
  "https.upload.denoVsFloor": { says: "the same by HTTPS", atMost: 1.15, unit: "×" },
  "https.upload.denoOfficialOverOurs": {
    says: "upload CPU by HTTPS in Deno, official over ours",
    atLeast: 4,
    unit: "×",
  },
  "upload.denoOfficialOverOurs": { says: "upload CPU in Deno, official over ours", atLeast: 4, unit: "×" },
  "download.cpuVsFloor": { says: "download CPU over the bare GET loop", atMost: 1.3, unit: "×" },
  "download.cpuOfficialOverOurs": { says: "download CPU, official SDK over ours", atLeast: 3, unit: "×" },
  "small.vsOfficial": { says: "files/s of 4 KiB over the official SDK", atLeast: 3.5, unit: "×" },
  "small.vsFloor": { says: "files/s of 4 KiB over the bare PUT loop", atLeast: 0.95, unit: "×" },
  "https.small.vsOfficial": {
    says: "files/s of 4 KiB by HTTPS over the official SDK",
    atLeast: 3.5,
    unit: "×",
  },
  "https.small.vsFloor": {
    says: "files/s of 4 KiB by HTTPS over the bare PUT loop",
    atLeast: 0.95,
    unit: "×",
  },
  "memory.overIdleMiB": { says: "peak RSS over idle, 10 GiB file", atMost: 96, unit: "MiB" },
  "memory.growthMiB": { says: "peak RSS, 10 GiB minus 1 GiB", atMost: 8, unit: "MiB" },
  "lag.p99Ms": { says: "event-loop lag p99, 2 GiB with MD5", atMost: 15, unit: "ms" },
  "startup.vsOfficial": { says: "import to first signed request, official over ours", atLeast: 4, unit: "×" },
  "resume.verifyVsNodeCrypto": { says: "verifying stored parts over node:crypto", atLeast: 2, unit: "×" },
};

/** @param {string} key @param {readonly number[]} values one per round @returns {Figure} */
export function figure(key, values) {
  const { atLeast, atMost } = definition(key);
  const value = median(values);
  const reached = atLeast === undefined ? value <= (atMost ?? 0) : value >= atLeast;
  const spread = { min: round(Math.min(...values)), max: round(Math.max(...values)) };
  return { value: round(value), spread, rounds: values.length, target: targetOf(key), reached };
}

/** Returns the figure of the series with the worst value for cosup, so that its verdict holds for all series. @param {string} key @param {readonly (readonly number[])[]} series */
export function worstFigure(key, series) {
  const { atLeast } = definition(key);
  const figures = series.map((values) => figure(key, values));
  figures.sort((a, b) => (atLeast === undefined ? -1 : 1) * ((a.value ?? 0) - (b.value ?? 0)));
  return /** @type {Figure} */ (figures[0]);
}

/** @param {string} key @param {string} reason @returns {Figure} */
export function notMeasured(key, reason) {
  return {
    value: null,
    spread: null,
    rounds: 0,
    target: targetOf(key),
    reached: false,
    notMeasured: reason,
  };
}

/** @param {string} key */
function targetOf(key) {
  const { atLeast, atMost } = definition(key);
  return atLeast === undefined ? `<= ${atMost}` : `>= ${atLeast}`;
}

/** @param {string} key */
function definition(key) {
  const found = FIGURES[key];
  if (found === undefined) throw new Error(`there is no figure ${key}`);
  return found;
}

/** Rounds to three decimals; the noise is larger than that. @param {number} value */
function round(value) {
  return Math.round(value * 1000) / 1000;
}
