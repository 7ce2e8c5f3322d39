import { mkdir } from "node:fs/promises";
import { node, runClient } from "../harness/client-process.mjs";
import { copyFolder, runCosup } from "../harness/cosup-process.mjs";
import { withEmulator } from "../harness/emulator.mjs";
import { atMost, runsWithin } from "../harness/row.mjs";
import { writeSmallFiles } from "../harness/small-files.mjs";
import { MiB } from "../sizes.mjs";

const AT_ONCE = 5;
const DESCRIPTORS = 256;
const LONGEST_MS = 60_000;
const BESIDES = 64 * MiB;
const GROWTH = 8 * MiB;
/** After a garbage collection there is little noise: a leak of a few bytes per file would exceed this. */
const KEPT = MiB / 2;

/** @typedef {{ folderFiles: number, folderTwice: boolean, virtualFiles: number }} FolderSizes */

/**
 * `cosup cp -r` of many small files in a process that may open only a few, then of twice as many, unless they are so
 * few that the heap has not reached its full size yet.
 * @param {FolderSizes} sizes
 */
export async function manySmallFiles({ folderFiles, folderTwice }) {
  // One file loads and compiles the same code as many. What many take beyond it is the cost of the folder.
  const one = await copyOf(1);
  const all = await copyOf(folderFiles);
  const what = `cosup cp -r, ${folderFiles} × 1 KiB`;
  const rows = [
    atMost("folder time", `${what}, ulimit -n ${DESCRIPTORS}`, all.wallMs, LONGEST_MS, "s"),
    atMost("folder descriptors", what, all.descriptors, 2 * AT_ONCE + 32),
    atMost("folder memory", `${what}, over one file`, all.peakRss - one.peakRss, BESIDES, "MiB"),
  ];
  if (!folderTwice) return rows;
  const twice = await copyOf(2 * folderFiles);
  // Not the peaks: they depend on the garbage collector and differ by as much between two runs of one size.
  const growth = twice.usualRss - all.usualRss;
  return [
    ...rows,
    atMost("folder slope", `${2 * folderFiles} files over ${folderFiles}`, growth, GROWTH, "MiB"),
  ];
}

/**
 * The memory of a folder upload must not grow with the number of its files.
 * @param {FolderSizes} sizes
 */
export async function manyVirtualFiles({ virtualFiles }) {
  const options = { bucket: "limits-1250000000", count: virtualFiles };
  const measure = async () => {
    const { uploaded, growth, keptMore } = await runClient(node, "virtual-folder.mjs", options);
    if (uploaded !== virtualFiles) throw new Error(`${uploaded} of ${virtualFiles} virtual files arrived`);
    return { overIdle: growth, keptMore };
  };
  const runs = await runsWithin(GROWTH, measure);
  const { overIdle: growth = Number.NaN, keptMore = Number.NaN } = runs.at(-1) ?? {};
  const what = `${virtualFiles} virtual files`;
  return [
    atMost("folder slope", `${what}: peak of the last quarter over that of the third`, growth, GROWTH, "MiB"),
    atMost("folder kept", `${what}: not garbage, at the end over the first eighth`, keptMore, KEPT, "MiB"),
  ];
}

/** @param {number} count */
function copyOf(count) {
  return withEmulator(async (emulator) => {
    const folder = `${emulator.folder}/files`;
    await mkdir(folder);
    const stored = await writeSmallFiles(folder, count);
    const run = await runCosup(copyFolder(folder, emulator, AT_ONCE), { descriptors: DESCRIPTORS });
    if (run.code !== 0) throw new Error(`cosup cp -r exits ${run.code ?? run.signal}: ${run.errors}`);
    if (run.limit !== DESCRIPTORS) throw new Error(`ulimit -n ${DESCRIPTORS} is not in force: ${run.limit}`);
    await emulator.verify(stored);
    return run;
  });
}
