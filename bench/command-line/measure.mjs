// What commands of cosup cost beside other programs, against one emulator: processor time of all processes, medians, and a
// ratio with its target. Exits 1 if one is not reached. Needs rclone and awscli of Debian; not part of CI.
//
//   node bench/command-line/measure.mjs [--only help,six-bytes,folder,big,check] [--files 10000] [--rounds 3]
import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { costOf, mediansOf } from "./processes.mjs";
import { BUCKET, openRig } from "./rig.mjs";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "help,six-bytes,folder,big,check" },
    files: { type: "string", default: "10000" },
    rounds: { type: "string", default: "3" },
  },
});
const MiB = 1024 ** 2;
const rounds = Number(values.rounds);
const MEASURES = { help, "six-bytes": sixBytes, folder, big, check };
/** A loop that only reads the file. */
const READ = `const fs = require("node:fs"); const fd = fs.openSync(process.argv[1]); const block = Buffer.alloc(${MiB});
while (fs.readSync(fd, block) > 0);`;
let failed = false;

for (const name of values.only.split(",")) {
  const measure = MEASURES[/** @type {keyof typeof MEASURES} */ (name)];
  if (measure === undefined) throw new Error(`--only: accepted are ${Object.keys(MEASURES).join(", ")}`);
  await measure();
}
process.exit(failed ? 1 : 0);

async function help() {
  const env = { PATH: process.env.PATH };
  const rig = await openRig(false);
  const { ours, empty } = await mediansOf(
    {
      ours: () => costOf([...rig.cosup, "--help"], env),
      empty: () => costOf([process.execPath, "-e", "0"], env),
    },
    rounds * 5,
  );
  await rig.close();
  told("cosup --help, of node -e 0", ours.cpuSeconds, empty.cpuSeconds, "CPU", { atMost: 2.5 });
}

async function sixBytes() {
  const rig = await openRig(false);
  const file = join(rig.folder, "six");
  writeFileSync(file, "6 byte");
  const { ours, aws } = await mediansOf(
    {
      ours: () => costOf([...rig.cosup, "cp", file, `cos://${BUCKET}/six`], rig.env),
      aws: () => costOf([...rig.aws, "s3", "cp", file, `s3://${BUCKET}/six-aws`], rig.env),
    },
    rounds * 3,
  );
  await rig.close();
  told("upload of 6 bytes, of aws s3 cp", ours.cpuSeconds, aws.cpuSeconds, "CPU", { atMost: 1 / 3 });
}

async function folder() {
  const count = Number(values.files);
  for (const tls of [false, true]) {
    const rig = await openRig(tls);
    const source = join(rig.folder, "source");
    mkdirSync(source);
    for (let index = 0; index < count; index += 1) {
      writeFileSync(join(source, `f${index}.bin`), Buffer.alloc(4096, index));
    }
    await besideRclone(`cp -r of ${count} files of 4 KiB, ${scheme(tls)}`, rig, source, ["-r"]);
    await rig.close();
  }
}

async function big() {
  for (const tls of [false, true]) {
    const rig = await openRig(tls, ["--data", "data"]);
    const file = join(rig.folder, "big.bin");
    writeFile(file, 1024 * MiB);
    await besideRclone(`cp of 1 GiB, ${scheme(tls)}`, rig, file, []);
    await rig.close();
  }
}

/** @param {string} what @param {import("./rig.mjs").Rig} rig @param {string} source @param {string[]} flags */
async function besideRclone(what, rig, source, flags) {
  let round = 0;
  const { ours, rclone } = await mediansOf(
    {
      ours: () => costOf([...rig.cosup, "cp", ...flags, source, `cos://${BUCKET}/ours${round++}/`], rig.env),
      rclone: () => costOf([...rig.rclone, "copy", source, `cos:${BUCKET}/rclone${round++}`], rig.env),
    },
    rounds,
  );
  told(`${what}, of rclone copy`, ours.cpuSeconds, rclone.cpuSeconds, "CPU", { atMost: 1 / 4 });
}

async function check() {
  const rig = await openRig(false, ["--data", "data"]);
  const [file, tiny] = [join(rig.folder, "warm.bin"), join(rig.folder, "tiny.bin")];
  writeFile(file, 4096 * MiB);
  writeFile(tiny, MiB);
  for (const path of [file, tiny])
    await costOf([...rig.cosup, "cp", path, `cos://${BUCKET}/`, "--part-size", "64"], rig.env);
  const cosup = (/** @type {string} */ path, /** @type {string} */ key) => () =>
    costOf([...rig.cosup, "check", path, `cos://${BUCKET}/${key}`], rig.env);
  const read = (/** @type {string} */ path) => () => costOf([process.execPath, "-e", READ, path], rig.env);
  const all = {
    ours: cosup(file, "warm.bin"),
    start: cosup(tiny, "tiny.bin"),
    read: read(file),
    empty: read(tiny),
  };
  const costs = await mediansOf(all, rounds * 3);
  await rig.close();
  // A rate is without the start of the process, which the same command shows with a file of a thousandth.
  const ours = costs.ours.wallSeconds - costs.start.wallSeconds;
  const theirs = costs.read.wallSeconds - costs.empty.wallSeconds;
  told("rate of check of a warm 4 GiB file, of a loop that reads it", theirs, ours, "wall", { atLeast: 0.7 });
}

/** @param {string} path @param {number} size */
function writeFile(path, size) {
  const file = openSync(path, "w");
  const block = Buffer.alloc(MiB);
  for (let at = 0; at < size; at += MiB) {
    block.writeUInt32LE(at / MiB, 0);
    for (let byte = 4; byte < MiB; byte += 512) block[byte] = (byte * 31 + at / MiB) & 255;
    writeSync(file, block);
  }
  closeSync(file);
}

/** @param {boolean} tls */
function scheme(tls) {
  return tls ? "https" : "http";
}

/**
 * @param {string} what
 * @param {number} ours
 * @param {number} theirs
 * @param {string} unit
 * @param {{ atMost?: number, atLeast?: number }} target
 */
function told(what, ours, theirs, unit, { atMost = Number.POSITIVE_INFINITY, atLeast = 0 }) {
  const ratio = ours / theirs;
  const reached = ratio <= atMost && ratio >= atLeast;
  failed ||= !reached;
  const target = atLeast > 0 ? `≥ ${atLeast}` : `≤ ${atMost.toFixed(2)}`;
  const seconds = `${ours.toFixed(2)} s and ${theirs.toFixed(2)} s ${unit}`;
  console.log(
    `${what}: ${ratio.toFixed(2)} × (${seconds}), ${target}: ${reached ? "reached" : "NOT reached"}`,
  );
}
