import { open } from "node:fs/promises";
import { node, runClient } from "../harness/client-process.mjs";
import { withEmulator } from "../harness/emulator.mjs";
import { atMost } from "../harness/row.mjs";
import { MiB } from "../sizes.mjs";

const STREAMS = 200;
const BUDGET = 64 * MiB;
const BESIDES = 48 * MiB;
/** How many times longer than alone the complete upload may take. */
const RATIO = 2;
/** Runs in which it must take longer before the row fails: other programs slow down single runs. */
const RUNS = 3;

/**
 * Streams that yield no byte, one byte, or a part less one byte, and then stall, beside one complete upload. The
 * client may hold its budget, half of it again for cut parts, and less than 1 MiB for each stream.
 * @param {{ silentPartSizes: number[], honestBytes: number }} sizes
 * @returns {Promise<import("../harness/row.mjs").Row[]>}
 */
export async function silentStreams({ silentPartSizes, honestBytes }) {
  const rows = [];
  for (const partSize of silentPartSizes) {
    for (const given of [0, 1, partSize - 1]) {
      const what = `${honestBytes / MiB} MiB beside ${STREAMS} streams of ${given} bytes, parts of ${partSize / MiB} MiB`;
      let [ratio, overIdle] = [Number.POSITIVE_INFINITY, 0];
      for (let run = 0; run < RUNS && ratio > RATIO; run += 1) {
        const { alone, beside, ...found } = await measure(partSize, given, honestBytes);
        ratio = Math.round((beside / alone) * 100) / 100;
        overIdle = Math.max(overIdle, found.overIdle);
        const times = `${Math.round(alone)} ms alone, ${Math.round(beside)} ms beside`;
        console.log(`silent-streams ${what}: ${times}, ratio ${ratio}`);
      }
      rows.push(atMost("silent-streams time", `${what}, times its time alone`, ratio, RATIO));
      rows.push(
        atMost("silent-streams memory", what, overIdle, 1.5 * BUDGET + STREAMS * MiB + BESIDES, "MiB"),
      );
    }
  }
  return rows;
}

/** @param {number} partSize @param {number} given @param {number} honestBytes */
function measure(partSize, given, honestBytes) {
  return withEmulator(async ({ endpoint, bucket, folder }) => {
    const path = `${folder}/honest.bin`;
    const file = await open(path, "w");
    await file.truncate(honestBytes);
    await file.close();
    return runClient(node, "silent-streams.mjs", {
      endpoint,
      bucket,
      path,
      streams: STREAMS,
      given,
      partSize,
      runs: 3,
    });
  });
}
