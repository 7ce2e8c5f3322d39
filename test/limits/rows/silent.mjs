import { open } from "node:fs/promises";
import { node, runClient } from "../harness/client-process.mjs";
import { withEmulator } from "../harness/emulator.mjs";
import { atMost } from "../harness/row.mjs";

const MiB = 1024 ** 2;
const STREAMS = 200;
const BUDGET = 64 * MiB;
const BESIDES = 48 * MiB;
/** The honest upload may take so many times what it takes alone. */
const RATIO = 2;

/**
 * A11: streams that gave no byte, one byte, or a part less one byte, and then nothing, beside one honest upload. The
 * client holds its budget, half of it for parts that were cut, and less than 1 MiB for each stream.
 * @param {{ silentPartSizes: number[], honestBytes: number }} sizes
 * @returns {Promise<import("../harness/row.mjs").Row[]>}
 */
export async function silentStreams({ silentPartSizes, honestBytes }) {
  const rows = [];
  for (const partSize of silentPartSizes) {
    for (const given of [0, 1, partSize - 1]) {
      const { alone, beside, overIdle } = await measure(partSize, given, honestBytes);
      const what = `${honestBytes / MiB} MiB beside ${STREAMS} streams of ${given} bytes, parts of ${partSize / MiB} MiB`;
      const ratio = Math.round((beside / alone) * 100) / 100;
      console.log(
        `A11 ${what}: ${Math.round(alone)} ms alone, ${Math.round(beside)} ms beside, ratio ${ratio}`,
      );
      rows.push(atMost("A11 time", `${what}, times its time alone`, ratio, RATIO));
      rows.push(atMost("A11 memory", what, overIdle, 1.5 * BUDGET + STREAMS * MiB + BESIDES, "MiB"));
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
