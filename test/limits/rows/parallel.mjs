import { open } from "node:fs/promises";
import { node, runClient } from "../harness/client-process.mjs";
import { withEmulator } from "../harness/emulator.mjs";
import { blocks, storedOf } from "../harness/generated.mjs";
import { atMost, runsWithin } from "../harness/row.mjs";
import { MiB } from "../sizes.mjs";

const UPLOADS = 50;
const CONCURRENCY = 5;
const BESIDES = 48 * MiB;
const LONGEST_GAP_MS = 5_000;
/**
 * Each of the others once, plus the parts that were already under way: 58 on an idle machine. A busy one reads responses
 * late and in bursts, and what counts here is responses: 103 seen. An upload that waits for the others sees 300.
 */
const MOST_TURNS = 3 * UPLOADS;

/** @typedef {"files" | "streams" | "mixed" | "tiny"} Kind mixed: files and streams of tiny chunks */

/**
 * @typedef {object} ParallelSizes
 * @property {Kind[]} parallelKinds
 * @property {number} parallelFileBytes more than one PUT takes
 * @property {number} parallelStreamBytes
 * @property {number} parallelPartSize
 * @property {number} memoryBudget
 * @property {boolean} parallelTimed whether the machine is held to seconds too
 */

/**
 * Uploads in parallel through one client. The client holds its budget, one part more as for a stream, and the 48 MiB;
 * and none of them waits for all the others. Turns tell that on any machine; seconds are the figure of an idle one.
 * Generators of tiny chunks in the client's own process make a kilobyte of garbage for each chunk, whichever
 * client reads them: the bound is over what reading them alone costs.
 * @param {ParallelSizes} sizes
 */
export async function parallelUploads(sizes) {
  const rows = [];
  for (const kind of sizes.parallelKinds) {
    const what = `${UPLOADS} at once: ${TOLD[kind]}, parts of ${sizes.parallelPartSize / MiB} MiB`;
    const bound = sizes.memoryBudget + sizes.parallelPartSize + BESIDES;
    const streams = isTiny(kind) ? (await runAll(kind, sizes, true)).overIdle : 0;
    const runs = await runsWithin(bound + streams, () => runAll(kind, sizes, false));
    const held = (runs.at(-1)?.overIdle ?? Number.NaN) - streams;
    const longestGapMs = Math.max(...runs.map((run) => run.longestGapMs));
    const mostTurns = Math.max(...runs.map((run) => run.mostTurns));
    rows.push(
      atMost("parallel memory", `${what}, budget ${sizes.memoryBudget / MiB} MiB`, held, bound, "MiB"),
      atMost("parallel turns", `${what}: others' parts while one waits`, mostTurns, MOST_TURNS),
    );
    if (sizes.parallelTimed)
      rows.push(
        atMost("parallel gap", `${what}: longest without progress`, longestGapMs, LONGEST_GAP_MS, "s"),
      );
  }
  return rows;
}

/** @type {Record<Kind, string>} */
const TOLD = {
  files: "files",
  streams: "streams",
  mixed: "files and streams of tiny chunks, over reading those",
  tiny: "streams of tiny chunks, over reading them",
};

/** @param {Kind} kind */
function isTiny(kind) {
  return kind === "tiny" || kind === "mixed";
}

/**
 * @param {Kind} kind
 * @param {ParallelSizes} sizes
 * @param {boolean} readOnly reads the streams and uploads nothing
 * @returns {Promise<{ overIdle: number, longestGapMs: number, mostTurns: number }>}
 */
function runAll(kind, sizes, readOnly) {
  return withEmulator(async (emulator) => {
    const objects = Array.from({ length: UPLOADS }, (_, index) => {
      const isFile = kind === "files" || (kind === "mixed" && index % 2 === 0);
      const size = isFile ? sizes.parallelFileBytes : sizes.parallelStreamBytes;
      const path = isFile ? `${emulator.folder}/${index}.bin` : undefined;
      return { key: `parallel/${index}.bin`, size, seed: index * 7 + 1, path, tiny: kind !== "streams" };
    });
    const stored = new Map();
    for (const { key, size, seed, path } of objects) {
      if (path !== undefined) await writeBlocks(path, size, seed);
      stored.set(key, await storedOf(size, seed));
    }
    const found = await runClient(node, "upload-many.mjs", {
      endpoint: emulator.endpoint,
      bucket: emulator.bucket,
      objects: readOnly ? objects.filter(({ path }) => path === undefined) : objects,
      partSize: sizes.parallelPartSize,
      concurrency: CONCURRENCY,
      memoryBudget: sizes.memoryBudget,
      readOnly,
    });
    await emulator.verify(readOnly ? new Map() : stored);
    return found;
  });
}

/** @param {string} path @param {number} size @param {number} seed */
async function writeBlocks(path, size, seed) {
  const file = await open(path, "w");
  for (const block of blocks(size, seed)) await file.write(block);
  await file.close();
}
