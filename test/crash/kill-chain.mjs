// Kills `cosup cp` of one large file with SIGKILL at random moments, resumes each time with the same command, and
// verifies at the end that the object is equal to the file. Prints the figures; exits 1 when one does not hold.
//   node test/crash/kill-chain.mjs [--size MiB] [--kills N] [--part-size MB] [--concurrency N] [--threads N] [--seed N]
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { parseArgs } from "node:util";
import { runCosup } from "./cosup-process.mjs";
import { startEmulatorProcess } from "./emulator-process.mjs";
import { MiB, writeRandomFile } from "./random-file.mjs";
import { seeded } from "./seeded.mjs";

const { values } = parseArgs({
  options: {
    size: { type: "string", default: "1024" },
    kills: { type: "string", default: "10" },
    "part-size": { type: "string", default: "1" },
    concurrency: { type: "string", default: "5" },
    threads: { type: "string" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const size = Number(values.size) * MiB + 12_345;
const kills = Number(values.kills);
const concurrency = Number(values.concurrency);
const partCount = Math.ceil(size / (Number(values["part-size"]) * MiB));
const random = seeded(Number(values.seed));

const folder = mkdtempSync(join(tmpdir(), "cosup-kill-"));
const file = join(folder, "big.bin");
const crc64 = await writeRandomFile(file, size);
const emulator = await startEmulatorProcess(join(folder, "data"));
const copy = [
  ...["cp", file, emulator.location("dir/big.bin"), ...emulator.flags, "--json"],
  ...[
    "--part-size",
    values["part-size"],
    "--concurrency",
    values.concurrency,
    "--state-dir",
    join(folder, "state"),
  ],
  ...(values.threads === undefined ? [] : ["--threads", values.threads]),
];
console.log(`seed ${values.seed}: ${size} bytes in ${partCount} parts, crc64 ${crc64}`);

let failed = 0;
let peakRss = 0;
try {
  for (let kill = 1; kill <= kills; kill += 1) {
    await killSomewhere(kill);
    console.log(`kill ${kill}: COS has stored ${storedParts()} of ${receivedParts()} parts`);
  }
  const last = await run(copy);
  report(last);
  await verify(last);
} finally {
  await emulator.stop();
  rmSync(folder, { recursive: true });
}
console.log(`kill-chain: ${failed === 0 ? "1 passed, 0 failed" : "0 passed, 1 failed"}`);
process.exitCode = failed === 0 ? 0 : 1;

/** One run, killed a random moment after COS has stored a share of the missing parts. */
async function killSomewhere(kill) {
  const before = storedParts();
  const share = (partCount - before) / (kills - kill + 2);
  const target = before + share * (0.5 + random());
  // The others get no response: the run cannot end before it is killed, however late that is.
  const missing = partCount - before;
  await emulator.respondTo(Math.min(missing - 1, Math.ceil((target - before + missing) / 2)));
  const result = await run(copy, (child) => {
    const watch = setInterval(async () => {
      if (storedParts() < target) return;
      clearInterval(watch);
      await delay(random() * 20);
      child.kill("SIGKILL");
    }, 5);
    child.once("exit", () => clearInterval(watch));
  });
  await emulator.respondTo(Infinity);
  check(result.signal === "SIGKILL", `run ${kill} was killed half-way`);
}

async function run(args, onStart = () => {}) {
  const result = await runCosup(args, emulator.environment, onStart);
  peakRss = Math.max(peakRss, result.peakRss);
  return result;
}

function receivedParts() {
  return readFileSync(emulator.log, "utf8").match(/\bUploadPart\b/g)?.length ?? 0;
}

/** Without those whose connection was gone. */
function storedParts() {
  return readFileSync(emulator.log, "utf8").match(/\b200 UploadPart\b/g)?.length ?? 0;
}

function report({ lines }) {
  const summary = lines.at(-1);
  console.log(`last run: ${summary?.partsResumed} parts resumed, ${summary?.partsSent} sent`);
  console.log(`UploadPart requests in all: ${receivedParts()}; peak RSS ${Math.round(peakRss / MiB)} MiB`);
}

async function verify({ code, lines, errors }) {
  const object = lines.find(({ type }) => type === "object");
  const stat = await run(["stat", emulator.location("dir/big.bin"), ...emulator.flags, "--json"]);
  const again = receivedParts() - partCount;
  check(code === 0, `the last run exits 0 (${code}) ${errors}`);
  check(object?.crc64 === crc64, `CRC64 in COS ${object?.crc64} is the file's ${crc64}`);
  check(stat.lines[0]?.crc64 === crc64 && stat.lines[0]?.size === size, "stat tells the same size and CRC64");
  check(
    again <= kills * concurrency,
    `parts sent again: ${again} ≤ ${kills} kills × ${concurrency} under way`,
  );
  check(peakRss < 150 * MiB, `peak RSS ${Math.round(peakRss / MiB)} MiB < 150 MiB`);
}

function check(holds, what) {
  console.log(`${holds ? "ok" : "FAILED"}: ${what}`);
  if (!holds) failed += 1;
}
