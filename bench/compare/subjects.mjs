// What `--compare` measures: the client programs of the benches with the same name.
import { createCRC64 } from "hash-wasm";
import { NODE, runFresh } from "../harness/child-process.mjs";
import { SMALL_BYTES, smallFiles } from "../harness/small-files.mjs";
import { randomFile } from "../harness/sources.mjs";
import { MiB } from "../harness/units.mjs";
import { verifyObject, verifySmallFiles } from "../harness/verify.mjs";

/** Parts or files at the same time, as in the benches: the default of cosup and of most COS SDKs. */
const CONCURRENCY = 5;
const FIRST_BODY = "the first request of a process";

/**
 * @typedef {object} Metric a cost: lower is better
 * @property {string} name
 * @property {string} unit
 * @property {(found: any) => number} of
 *
 * @typedef {object} Subject
 * @property {string} name
 * @property {number} runs of each build in one pair, an even number
 * @property {readonly Metric[]} metrics
 * @property {(context: import("../harness/context.mjs").Context, sink: import("../harness/sink-process.mjs").Sink) =>
 *   Promise<(checkout: string) => Promise<any>>} prepare resolves to a function that runs the client of
 *   a checkout once and verifies the received objects
 */

/** @type {readonly Subject[]} */
export const SUBJECTS = [
  {
    name: "upload",
    runs: 2,
    metrics: [{ name: "cpu", unit: "CPU-s/GB", of: ({ cpuMs, bytes }) => cpuMs / 1000 / (bytes / 1e9) }],
    async prepare({ uploadBytes }, sink) {
      const source = await randomFile(uploadBytes);
      const shared = { origin: sink.origin, path: source.path, key: "big.bin" };
      return async (checkout) => {
        const options = { ...shared, concurrency: CONCURRENCY, partSize: 8 * MiB };
        const found = await runFresh(NODE, clientOf(checkout, "upload-ours.mjs"), options);
        await verifyObject(sink, source, checkout);
        return found;
      };
    },
  },
  {
    name: "small",
    runs: 2,
    metrics: [
      {
        name: "time",
        unit: `ms/file of ${SMALL_BYTES / 1024} KiB`,
        of: ({ wallMs, files }) => wallMs / files,
      },
      { name: "cpu", unit: "CPU-ms/file", of: ({ cpuMs, files }) => cpuMs / files },
    ],
    async prepare({ smallCount }, sink) {
      const files = await smallFiles(smallCount);
      return async (checkout) => {
        const options = { origin: sink.origin, folder: files.folder, concurrency: CONCURRENCY };
        const found = await runFresh(NODE, clientOf(checkout, "small-ours.mjs"), options);
        await verifySmallFiles(sink, files, checkout);
        return found;
      };
    },
  },
  {
    name: "startup",
    // The runs are short and noisy, so there are more of them.
    runs: 6,
    metrics: [{ name: "time", unit: "ms to the first signed request", of: ({ readyMs }) => readyMs }],
    async prepare(_context, sink) {
      const crc64 = String(BigInt(`0x${(await createCRC64()).update(FIRST_BODY).digest()}`));
      return async (checkout) => {
        const options = { origin: sink.origin, body: FIRST_BODY };
        const found = await runFresh(NODE, clientOf(checkout, "startup-ours.mjs"), options);
        await verifyObject(sink, { path: "", size: FIRST_BODY.length, crc64 }, checkout);
        return found;
      };
    },
  },
];

/** The client program of a checkout; it imports the packages of the same checkout. @param {string} checkout @param {string} name */
export function clientOf(checkout, name) {
  return `${checkout}/bench/clients/${name}`;
}
