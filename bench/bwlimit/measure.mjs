// How exactly `cosup cp --bwlimit` keeps its rate: one file, with 1 and with 16 parts in flight, against an emulator in this
// process. Prints the deviation of each run; exits 1 if one is more than 5 %. Not part of CI: it takes its time by nature.
//
//   node bench/bwlimit/measure.mjs [--seconds 30] [--rate 4M] [--parts 1,16]
import { spawn } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startEmulator } from "@cosup/emulator";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "30" },
    rate: { type: "string", default: "4M" },
    parts: { type: "string", default: "1,16" },
  },
});
const CLI = fileURLToPath(new URL("../../packages/cli/bin/cosup.js", import.meta.url));
const MiB = 1024 ** 2;
const LARGEST_DEVIATION = 0.05;

const rate = Number.parseInt(values.rate, 10) * MiB;
const size = rate * Number(values.seconds);
const folder = await mkdtemp(join(tmpdir(), "cosup-bwlimit-"));
const emulator = await startEmulator();
const { SecretId, SecretKey, Region, Endpoint } = emulator.clientOptions;
const bucket = emulator.clientOptions.Bucket ?? "demo-1250000000";
let failed = false;
try {
  const file = join(folder, "file");
  const handle = await open(file, "w");
  await handle.truncate(size);
  await handle.close();
  for (const parts of values.parts.split(",")) {
    const seconds = (await upload(file, parts)) / 1000;
    const deviation = size / seconds / rate - 1;
    failed ||= Math.abs(deviation) > LARGEST_DEVIATION;
    const percent = `${deviation < 0 ? "" : "+"}${(deviation * 100).toFixed(2)} %`;
    console.log(
      `${values.rate} per second, ${parts} parts in flight: ${percent} over ${seconds.toFixed(1)} s`,
    );
  }
} finally {
  await emulator.close();
  await rm(folder, { recursive: true, force: true });
}
process.exit(failed ? 1 : 0);

/** Milliseconds that the upload took, as its summary says. @param {string} file @param {string} parts */
async function upload(file, parts) {
  const flags = [
    "--bwlimit",
    values.rate,
    "--concurrency",
    parts,
    "--resume",
    "off",
    "--json",
    "--no-progress",
  ];
  const child = spawn(process.execPath, [CLI, "cp", file, `cos://${bucket}/file-${parts}`, ...flags], {
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      COS_SECRET_ID: SecretId,
      COS_SECRET_KEY: SecretKey,
      COS_REGION: Region,
      COS_ENDPOINT: Endpoint,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  for await (const chunk of child.stdout) text += chunk;
  const summary = JSON.parse(text.trimEnd().split("\n").at(-1) ?? "{}");
  if (summary.uploaded !== 1) throw new Error(`the upload failed: ${text}`);
  return summary.elapsedMs;
}
