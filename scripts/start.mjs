// `npm start` demonstrates cosup without an account. It starts a local COS server, uploads a folder with limited bandwidth,
// interrupts the upload half-way, resumes it, and verifies the objects with an independent CRC64.
import { spawn } from "node:child_process";
import { createReadStream } from "node:fs";
import { mkdir, mkdtemp, open, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Transform } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { ensureBuilt, root } from "./bootstrap.mjs";

const MiB = 1024 * 1024;
const LARGE_BYTES = 256 * MiB;
/** In parts of 8 MiB, as cosup sends files above 64 MiB. */
const LARGE_PARTS = LARGE_BYTES / (8 * MiB);
/** Limits the bandwidth, so that the upload takes long enough to interrupt it. */
const BANDWIDTH_BYTES_PER_SECOND = 40 * MiB;
const BUCKET = "demo-1250000000";
const COSUP = join(root, "packages/cli/bin/cosup.js");
/** A line of the log: the time, the status, the operation. */
const PART_TAKEN = /^\S+ 200 UploadPart /;
/** The key pair of the emulator. */
const KEY_PAIR = { COS_SECRET_ID: "demo-id", COS_SECRET_KEY: "demo-key" };

const children = new Set();
const servers = [];
/** Parts that the local COS server has stored according to its log, independent of what cosup reports. */
let partsTaken = 0;

await ensureBuilt();
const folder = await mkdtemp(join(tmpdir(), "cosup-demo-"));
// Ctrl-C in the terminal also reaches the child processes, so only the clean-up remains.
for (const name of ["SIGINT", "SIGTERM"]) {
  process.once(name, () => void cleanUp().then(() => process.exit(name === "SIGINT" ? 130 : 143)));
}
try {
  await demonstrate();
} catch (error) {
  say(`the demo failed: ${error instanceof Error ? error.message : error}`);
  process.exitCode = 1;
} finally {
  await cleanUp();
}

async function demonstrate() {
  say(`Creating a folder with one file of ${LARGE_BYTES / MiB} MiB and three small files.`);
  await makeDemoFolder(join(folder, "demo"));
  const emulator = await startEmulator();
  const port = await startSlowProxy(emulator);
  const env = {
    ...withoutSettings(process.env),
    ...KEY_PAIR,
    COS_REGION: "ap-guangzhou",
    COS_ENDPOINT: `http://127.0.0.1:${port}/{Bucket}`,
    COSUP_STATE_DIR: join(folder, "state"),
  };
  const words = ["cp", "-r", "demo", `cos://${BUCKET}/demo`];

  say("Uploading the folder. Half-way through the large file, SIGINT (Ctrl-C) interrupts the upload.");
  const first = await cosup(words, env, (child) => interruptHalfWay(child, env.COSUP_STATE_DIR));
  if (first !== 130) throw new Error(`cosup exited with ${first} instead of 130 (interrupted)`);
  const before = await partsOnceStable();

  say(`COS holds ${before} of ${LARGE_PARTS} parts. The same command resumes the upload:`);
  const second = await cosup(words, env);
  if (second !== 0) throw new Error(`cosup exited with ${second}`);
  await verify(env, partsTaken - before);
}

/** Returns the number of stored parts once it is stable: parts in flight at the interruption may still arrive. */
async function partsOnceStable() {
  for (let taken = -1; taken !== partsTaken; ) {
    taken = partsTaken;
    await sleep(500);
  }
  return partsTaken;
}

/** Compares every file with its object by a CRC64 that shares no code with cosup. */
async function verify(env, partsSent) {
  const demo = join(folder, "demo");
  const names = (await readdir(demo)).sort();
  const stored = new Map();
  for (const name of names) {
    const here = await crc64Of(join(demo, name));
    const there = await stat(`cos://${BUCKET}/demo/${name}`, env);
    if (there.crc64 !== here.crc64 || there.size !== here.size) {
      throw new Error(
        `demo/${name} is ${here.size} bytes, crc64 ${here.crc64}; COS has ${there.size}, ${there.crc64}`,
      );
    }
    stored.set(name, { here, there });
  }
  const partsResumed = LARGE_PARTS - partsSent;
  if (partsResumed <= 0) throw new Error("no part was resumed: the upload started from the beginning");
  const { here, there } = stored.get("large.bin");
  say(`All ${names.length} files are in COS, and every CRC64 matches.`);
  console.log(
    `verified: demo/large.bin ${here.size} bytes, crc64 ${here.crc64} = COS ${there.crc64}, ` +
      `${partsResumed} parts resumed, ${partsSent} parts sent`,
  );
}

async function makeDemoFolder(demo) {
  await mkdir(demo);
  await writeFile(join(demo, "index.html"), "<!doctype html><title>cosup</title>\n");
  await writeFile(join(demo, "notes.txt"), "every byte verified\n");
  await writeFile(join(demo, "empty.dat"), "");
  const file = await open(join(demo, "large.bin"), "w");
  const block = new Uint32Array((4 * MiB) / 4);
  let state = 0x9e3779b9;
  for (let written = 0; written < LARGE_BYTES; written += block.byteLength) {
    for (let index = 0; index < block.length; index += 1) {
      // xorshift32: the same bytes in every run.
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      block[index] = state;
    }
    await file.write(new Uint8Array(block.buffer));
  }
  await file.close();
}

/** Starts the local COS server on a free port and resolves to the port. */
async function startEmulator() {
  const { COS_SECRET_ID, COS_SECRET_KEY } = KEY_PAIR;
  const keys = ["--secret-id", COS_SECRET_ID, "--secret-key", COS_SECRET_KEY];
  const where = ["--port", "0", "--data", join(folder, "cos"), "--bucket", BUCKET];
  const child = start(["emulator", "--verbose", ...where, ...keys], { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve, reject) => {
    child.once("exit", (code) => reject(new Error(`the local COS server exited with ${code}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      const match = /listening on http:\/\/127\.0\.0\.1:(\d+)/.exec(line);
      if (match !== null) resolve(Number(match[1]));
      if (PART_TAKEN.test(line)) partsTaken += 1;
    });
  });
}

/** Starts a TCP proxy with limited bandwidth to the local COS server. Resolves to its port. */
async function startSlowProxy(port) {
  let freeAt = 0;
  const slow = () =>
    new Transform({
      transform(chunk, _encoding, done) {
        const now = performance.now();
        freeAt = Math.max(freeAt, now) + (chunk.length / BANDWIDTH_BYTES_PER_SECOND) * 1000;
        setTimeout(done, freeAt - now, null, chunk);
      },
    });
  const server = createServer((near) => {
    const far = connect(port, "127.0.0.1");
    near.on("error", () => far.destroy()).on("close", () => far.destroy());
    far.on("error", () => near.destroy()).on("close", () => near.destroy());
    near.pipe(slow()).pipe(far);
    far.pipe(near);
  });
  servers.push(server);
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server.address().port;
}

/** Runs cosup in this terminal. Resolves to its exit code or signal. */
function cosup(words, env, whileRunning = () => {}) {
  console.log(`$ cosup ${words.join(" ")}`);
  const child = start(words, { env, cwd: folder, stdio: ["ignore", "inherit", "inherit"] });
  whileRunning(child);
  return new Promise((resolve) => child.once("close", (code, signal) => resolve(code ?? signal)));
}

/** Sends SIGINT once the checkpoint holds half of the parts. */
async function interruptHalfWay(child, stateDirectory) {
  while (child.exitCode === null && child.signalCode === null) {
    if ((await acknowledgedParts(stateDirectory)) >= LARGE_PARTS / 2) {
      child.kill("SIGINT");
      return;
    }
    await sleep(20);
  }
}

async function acknowledgedParts(stateDirectory) {
  try {
    const name = (await readdir(stateDirectory)).find((entry) => entry.endsWith(".json"));
    return name === undefined
      ? 0
      : JSON.parse(await readFile(join(stateDirectory, name), "utf8")).parts.length;
  } catch {
    // The checkpoint does not exist yet, or it is already deleted.
    return 0;
  }
}

async function stat(target, env) {
  const child = start(["stat", target, "--json"], { env, stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  for await (const chunk of child.stdout.setEncoding("utf8")) text += chunk;
  return JSON.parse(text);
}

async function crc64Of(path) {
  const { createCRC64 } = await import("hash-wasm");
  const digest = await createCRC64();
  let size = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: MiB })) {
    digest.update(chunk);
    size += chunk.length;
  }
  return { size, crc64: BigInt(`0x${digest.digest()}`).toString() };
}

function start(words, options) {
  const child = spawn(process.execPath, [COSUP, ...words], options);
  children.add(child);
  child.once("exit", () => children.delete(child));
  return child;
}

/** Removes the settings of the user, so that the demo never uses real credentials or a real endpoint. */
function withoutSettings(env) {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(COS|COSUP|TENCENTCLOUD)_/.test(name)));
}

async function cleanUp() {
  const ended = [...children].map((child) => new Promise((resolve) => child.once("exit", resolve)));
  for (const child of children) child.kill("SIGTERM");
  await Promise.all(ended);
  for (const server of servers) server.close();
  if (process.argv.includes("--keep")) say(`Kept: ${folder}`);
  else await rm(folder, { recursive: true, force: true });
}

function say(text) {
  console.log(`\n${text}`);
}
