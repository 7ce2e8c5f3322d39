import { deno, node, runClient } from "../harness/client-process.mjs";
import { withEmulator } from "../harness/emulator.mjs";
import { storedOf } from "../harness/generated.mjs";
import { atMost, runsWithin } from "../harness/row.mjs";
import { MiB } from "../sizes.mjs";

const PART = 8 * MiB;
const CONCURRENCY = 5;
/** Memory beyond the parts: the heap's young generation, code, sockets. */
const BESIDES = 48 * MiB;
const BOUND = PART * (CONCURRENCY + 1) + BESIDES;
const SEED = 7;

/** @typedef {import("../harness/row.mjs").Row} Row */

/**
 * A generated stream of unknown length, at full speed.
 * @param {{ streamBytes: number }} sizes
 * @returns {Promise<Row[]>}
 */
export async function generatedStream({ streamBytes }) {
  const what = `${streamBytes / MiB} MiB stream, ${PART / MiB} MiB × ${CONCURRENCY}`;
  const ours = await overIdle({ runtime: node, size: streamBytes });
  return [atMost("stream Node", what, ours, BOUND, "MiB")];
}

/**
 * The same in Deno, if Deno is installed.
 * @param {{ streamBytes: number }} sizes
 * @returns {Promise<Row[]>}
 */
export async function generatedStreamInDeno({ streamBytes }) {
  const runtime = deno();
  if (runtime === undefined) {
    console.log("stream Deno: SKIPPED, Deno is not installed (npm run test:deno does that)");
    return [];
  }
  const what = `${streamBytes / MiB} MiB stream, ${PART / MiB} MiB × ${CONCURRENCY}`;
  return [atMost("stream Deno", what, await overIdle({ runtime, size: streamBytes }), BOUND, "MiB")];
}

/**
 * Tiny chunks, the first ones of one byte each, onto a wire that is slower than they come.
 * @param {{ tinyBytes: number, oneByteChunks: number, wireBytesPerSecond: number }} sizes
 * @returns {Promise<Row[]>}
 */
export async function tinyChunksOnSlowWire({ tinyBytes, oneByteChunks, wireBytesPerSecond }) {
  const slow = {
    ...{ op: "UploadPart", when: "before-headers", times: "forever" },
    fault: { kind: "slow-read", bytesPerSecond: Math.round(wireBytesPerSecond / CONCURRENCY) },
  };
  const rows = [];
  for (const kind of ["iterable", "readable"]) {
    const client = { runtime: node, size: tinyBytes, ones: oneByteChunks, kind, faults: [slow] };
    const what = `${tinyBytes / MiB} MiB in chunks of 1 B to 1 KiB, wire of ${wireBytesPerSecond / MiB} MiB/s`;
    rows.push(atMost(`tiny-chunks ${kind}`, what, await overIdle(client), BOUND, "MiB"));
  }
  return rows;
}

/**
 * @typedef {object} Client
 * @property {import("../harness/client-process.mjs").ClientRuntime} runtime
 * @property {number} size
 * @property {number} [ones]
 * @property {string} [kind]
 * @property {object[]} [faults]
 */

/** The peak of a client's memory above what it had before the upload, whose object is verified. @param {Client} client */
async function overIdle(client) {
  const runs = await runsWithin(BOUND, () => measured(client));
  return runs.at(-1)?.overIdle ?? Number.NaN;
}

/** @param {Client} client @returns {Promise<{ overIdle: number }>} */
function measured({ runtime, size, ones, kind, faults }) {
  return withEmulator(async (emulator) => {
    const { endpoint, bucket } = emulator;
    const stream = { key: "stream.bin", size, seed: SEED, ones, kind };
    const options = { endpoint, bucket, ...stream, partSize: PART, concurrency: CONCURRENCY };
    const found = await runClient(runtime, "upload-stream.mjs", options);
    await emulator.verify(new Map([[stream.key, await storedOf(size, SEED)]]));
    return found;
  }, faults);
}
