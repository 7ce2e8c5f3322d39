import { mkdir } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { copyFolder, runCosup } from "../harness/cosup-process.mjs";
import { withEmulator } from "../harness/emulator.mjs";
import { atMost } from "../harness/row.mjs";
import { writeSmallFiles } from "../harness/small-files.mjs";

const AT_ONCE = 5;
const DESCRIPTORS = 256;
const LOOK_EVERY_MS = 10;

/**
 * `cosup cp -r` killed by SIGKILL at half of its files and started again with the same arguments. `--skip same`, which
 * is the default with -r, leaves out what COS holds with the same size and CRC64.
 * @param {{ killedFiles: number }} sizes
 */
export function killedFolder({ killedFiles }) {
  const half = killedFiles / 2;
  // After three quarters of the files, as many requests as there can be at once get no response: the first run cannot
  // end before it is killed, however late that is.
  const match = { nth: half + killedFiles / 4 };
  const silence = { op: "PutObject", when: "before-headers", match, times: AT_ONCE, fault: "silence" };
  return withEmulator(
    async (emulator) => {
      const folder = `${emulator.folder}/files`;
      await mkdir(folder);
      const stored = await writeSmallFiles(folder, killedFiles);
      const words = copyFolder(folder, emulator, AT_ONCE);
      const first = await runCosup(words, {
        descriptors: DESCRIPTORS,
        onStart: (kill) => void killAtHalf(emulator, half, kill),
      });
      if (first.signal !== "SIGKILL")
        throw new Error(`the first run ended by itself: ${first.code} ${first.errors}`);
      const before = await emulator.countOf("PutObject");
      const second = await runCosup(words, { descriptors: DESCRIPTORS });
      if (second.code !== 0) throw new Error(`the second run exits ${second.code}: ${second.errors}`);
      await emulator.verify(stored);
      const { uploaded, skipped } = second.summary;
      const all = await emulator.countOf("PutObject");
      const what = `cosup cp -r, ${killedFiles} files, killed at ${before}; then ${skipped} skipped, ${uploaded} sent`;
      return [atMost("killed-folder requests", `PUTs in all: ${what}`, all, killedFiles + AT_ONCE)];
    },
    [silence],
  );
}

/**
 * @param {import("../harness/emulator.mjs").Emulator} emulator
 * @param {number} half
 * @param {() => void} kill
 */
async function killAtHalf(emulator, half, kill) {
  while ((await emulator.countOf("PutObject")) < half) await delay(LOOK_EVERY_MS);
  kill();
}
