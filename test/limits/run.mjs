// Measures memory, descriptors and time of uploads in real processes against the emulator. Prints a
// table of rows, limits and figures; exits 1 when one does not hold.
//   node test/limits/run.mjs [--quick] [--only parallel]
import { parseArgs } from "node:util";
import { tableOf } from "./harness/row.mjs";
import { manySmallFiles, manyVirtualFiles } from "./rows/folder.mjs";
import { killedFolder } from "./rows/killed-folder.mjs";
import { parallelUploads } from "./rows/parallel.mjs";
import { silentStreams } from "./rows/silent.mjs";
import { generatedStream, generatedStreamInDeno, tinyChunksOnSlowWire } from "./rows/stream.mjs";
import { full, quick } from "./sizes.mjs";

const { values } = parseArgs({
  options: { quick: { type: "boolean", default: false }, only: { type: "string", default: "" } },
});
const sizes = values.quick ? quick : full;
/** The measurements of each row, by its name. */
const MEASURES = {
  stream: [generatedStream, generatedStreamInDeno],
  "tiny-chunks": [tinyChunksOnSlowWire],
  parallel: [parallelUploads],
  folder: [manySmallFiles, manyVirtualFiles],
  "killed-folder": [killedFolder],
  "silent-streams": [silentStreams],
};

const rows = [];
for (const [name, measures] of Object.entries(MEASURES)) {
  if (values.only !== "" && values.only !== name) continue;
  for (const measure of measures) rows.push(...(await measure(sizes)));
}
const failed = rows.filter(({ holds }) => !holds).length;
console.log(tableOf(rows));
console.log(`limits: ${rows.length - failed} hold, ${failed} failed`);
process.exitCode = rows.length > 0 && failed === 0 ? 0 : 1;
