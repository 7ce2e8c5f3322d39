// Kills a real `cosup cp` with SIGKILL at every named point, several times each, and at random instants;
// then runs the same command again (some resumes are killed too) and checks the promises: the object is the file, no
// acknowledged part is sent again, the checkpoint is always readable, and no upload is left behind.
//   node test/crash/crash-matrix.mjs [--times N] [--random N] [--seed N] [--only NAME]
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
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
    times: { type: "string", default: "4" },
    random: { type: "string", default: "100" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
    only: { type: "string", default: "" },
  },
});
const PARTS = 24;
const CONCURRENCY = 4;
const INITIATE = ["lock-taken", "initiate-sent", "initiate-response"];
const CHECKPOINT_WRITE = [
  "checkpoint-created",
  "checkpoint-written",
  "checkpoint-synced",
  "before-checkpoint-renamed",
];
const CHECKPOINT_STORED = ["checkpoint-renamed", "directory-synced"];
const PER_PART = ["part-read", "part-hashed", "part-half-sent", "part-sent", "part-acknowledged"];
/** A kill at one of these may leave an upload that no checkpoint names: its UploadId was not stored yet. */
const MAY_ORPHAN = new Set([...INITIATE, ...CHECKPOINT_WRITE]);
/** In the order in which an upload passes them. */
const POINTS = [
  "started",
  "source-looked-at",
  ...INITIATE,
  ...CHECKPOINT_WRITE,
  ...CHECKPOINT_STORED,
  ...PER_PART,
  "before-complete",
  "complete-sent",
  "complete-response",
  "complete-read",
  "object-printed",
  "summary-printed",
  "before-checkpoint-removed",
  "checkpoint-removed",
  "lock-released",
];

const random = seeded(Number(values.seed));
const folder = mkdtempSync(join(tmpdir(), "cosup-crash-"));
const file = join(folder, "source.bin");
const size = (PARTS - 1) * MiB + 4_321;
const crc64 = await writeRandomFile(file, size);
const emulator = await startEmulatorProcess(join(folder, "data"));
const hook = new URL("./failpoint-hook.mjs", import.meta.url).href;
let passed = 0;
let failed = 0;
let reached = 0;

console.log(`crash matrix, seed ${values.seed}: ${PARTS} parts of 1 MB, ${CONCURRENCY} at once`);
try {
  for (const point of POINTS.filter((name) => name.includes(values.only))) {
    for (let time = 1; time <= Number(values.times); time += 1) await atPoint(point, time);
    process.stderr.write(`\r${point}: ${passed} passed, ${failed} failed\u001b[K`);
  }
  for (let kill = 1; kill <= Number(values.random); kill += 1) {
    await atRandom(kill);
    process.stderr.write(`\rrandom kill ${kill}: ${passed} passed, ${failed} failed\u001b[K`);
  }
} finally {
  await emulator.stop();
  rmSync(folder, { recursive: true });
}
process.stderr.write("\n");
console.log(`killed at a named point: ${reached} times`);
console.log(`crash: ${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/**
 * Kills at a point the nth time that the upload passes it, n drawn at random. A point that is never passed is a
 * failure.
 */
async function atPoint(point, time) {
  const upload = await killedAt(point, oftenOf(point, time), time);
  if (upload === undefined) {
    failed += 1;
    console.log(`FAILED ${point}: an upload does not pass it`);
    return;
  }
  reached += 1;
  // Every other time, the resume is killed as well.
  if (time % 2 === 0)
    await upload.run({ COSUP_KILL_AT: `part-acknowledged:${1 + Math.floor(random() * 5)}` });
  await settle(upload, upload.key, MAY_ORPHAN.has(point) ? 1 : 0);
}

/** An upload killed the nth time that it passed a point, or the first time if it passes the point less often. */
async function killedAt(point, wanted, time) {
  for (const often of new Set([wanted, 1])) {
    const upload = newUpload(`${point}-${time}-${often}`);
    const { signal } = await upload.run({ COSUP_KILL_AT: `${point}:${often}` });
    if (signal === "SIGKILL") return upload;
  }
  return undefined;
}

function oftenOf(point, time) {
  if (PER_PART.includes(point)) return 1 + Math.floor(random() * (PARTS - 1));
  // The checkpoint is written when the upload begins and again after some parts.
  return [...CHECKPOINT_WRITE, ...CHECKPOINT_STORED].includes(point) ? 1 + ((time - 1) % 2) : 1;
}

async function atRandom(kill) {
  const upload = newUpload(`random-${kill}`);
  const afterMs = 60 + random() * 500;
  await upload.run({}, async (child) => {
    await delay(afterMs);
    child.kill("SIGKILL");
  });
  // Two of three move on to another directory, as a user would who restores a backup.
  if (kill % 3 !== 0) upload.moveState();
  await settle(upload, `random ${kill} after ${afterMs.toFixed(0)} ms`, 1);
}

function newUpload(name) {
  const key = `crash/${name}`;
  let state = join(folder, `state-${name}`);
  return {
    key,
    get state() {
      return state;
    },
    moveState: () => {
      const moved = `${state}-moved`;
      if (namesIn(state).length > 0) {
        renameSync(state, moved);
        state = moved;
      }
    },
    run: (extra, onStart) => {
      const args = [
        ...["cp", file, emulator.location(key), ...emulator.flags, "--json", "--state-dir", state],
        ...["--part-size", "1", "--concurrency", String(CONCURRENCY)],
      ];
      const hooked = extra.COSUP_KILL_AT === undefined ? {} : { NODE_OPTIONS: `--import=${hook}` };
      return runCosup(args, { ...emulator.environment, ...hooked, ...extra }, onStart);
    },
  };
}

/** Checks what a kill left, runs the same command to its end, and checks the promises. */
async function settle(upload, name, orphansAllowed) {
  const problems = [];
  const acknowledged = readAcknowledged(upload, problems);
  const before = sendsOf(upload.key);
  const last = await upload.run({});
  const object = last.lines.find(({ type }) => type === "object");
  if (last.code !== 0) problems.push(`exit ${last.code}: ${last.errors}`);
  if (object?.crc64 !== crc64) problems.push(`CRC64 ${object?.crc64}, not ${crc64}`);
  const after = sendsOf(upload.key);
  // The next lines look for parts in the log: of a log that they cannot read, nothing would follow.
  if (after.size !== PARTS) problems.push(`the log has ${after.size} of ${PARTS} parts`);
  for (const [part, times] of after) {
    if (acknowledged.has(part) && times > (before.get(part) ?? 0))
      problems.push(`part ${part} was acknowledged and sent again`);
  }
  const orphans = await unfinished(upload.key);
  if (orphans > orphansAllowed) problems.push(`${orphans} uploads left behind`);
  if (namesIn(upload.state).some((entry) => entry.endsWith(".tmp")))
    problems.push("a torn checkpoint is left");
  if (problems.length === 0) passed += 1;
  else {
    failed += 1;
    console.log(`FAILED ${name} (seed ${values.seed}): ${problems.join("; ")}`);
  }
}

/** The parts that the checkpoint names. A checkpoint that cannot be read is a failure. */
function readAcknowledged(upload, problems) {
  const parts = new Set();
  for (const entry of namesIn(upload.state).filter((item) => item.endsWith(".json"))) {
    try {
      for (const { partNumber } of JSON.parse(readFileSync(join(upload.state, entry), "utf8")).parts)
        parts.add(partNumber);
    } catch (error) {
      problems.push(`unreadable checkpoint: ${error.message}`);
    }
  }
  return parts;
}

/** How often the emulator has stored each part of a key. */
function sendsOf(key) {
  const sends = new Map();
  for (const line of readFileSync(emulator.log, "utf8").split("\n")) {
    const match = /^200 UploadPart .*\bpartNumber=(\d+)/.exec(line);
    if (match === null || !line.includes(`${key} `)) continue;
    sends.set(Number(match[1]), (sends.get(Number(match[1])) ?? 0) + 1);
  }
  return sends;
}

async function unfinished(key) {
  const { lines } = await runCosup(
    ["uploads", "ls", emulator.location(key), ...emulator.flags, "--json"],
    emulator.environment,
  );
  return lines.filter((line) => line.key === key).length;
}

function namesIn(path) {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}
