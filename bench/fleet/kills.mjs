// node bench/fleet/kills.mjs [--small]: 20 000 objects of 4 KiB and one of 2 GiB in 8 MB parts, four workers of which two are
// killed every three seconds, and Redis killed once. Every CRC64 is compared with one that hash-wasm computes.
import { setTimeout as sleep } from "node:timers/promises";
import { createCos } from "@cosup/node";
import { crc64Of, largeFile, smallFiles } from "./files.mjs";
import {
  BUCKET,
  endWorkers,
  enqueue,
  figure,
  fleet,
  MIB,
  openFolder,
  startEmulator,
  startRedis,
  startWorker,
} from "./rig.mjs";

const isSmall = process.argv.includes("--small");
const COUNT = isSmall ? 2_000 : 20_000;
const LARGE = (isSmall ? 128 : 2048) * MIB;
const KILL_EVERY_MS = 3_000;

const { folder, close } = await openFolder();
const redis = await startRedis(folder);
const emulator = await startEmulator();
const small = await smallFiles(`${folder}/small`, COUNT, 4096);
const entries = [...small.slice(0, COUNT / 2), await largeFile(folder, LARGE), ...small.slice(COUNT / 2)];

const run = await enqueue(redis.url, entries);
const options = { connection: redis.url, cos: emulator.clientOptions };
const startedMs = Date.now();
const workers = await Promise.all([1, 2, 3, 4].map(() => startWorker(options)));
let kills = 0;
let isFinished = false;
while (!isFinished) {
  for (let waited = 0; waited < KILL_EVERY_MS && !isFinished; waited += 100) {
    await sleep(100);
    const status = await fleet.fleetStatus({ connection: redis.url, run }).catch(() => undefined);
    isFinished = status?.isFinished === true;
  }
  // After twenty kills the run may end by itself: a large range needs some seconds without one.
  if (isFinished || kills >= 40) continue;
  for (const place of [kills % 4, (kills + 1) % 4]) {
    workers[place]?.kill();
    kills += 1;
    workers[place] = await startWorker(options);
  }
  if (kills === 4) await redis.restart();
}
const seconds = (Date.now() - startedMs) / 1000;
await endWorkers(workers);

const reported = new Map();
const others = [];
for await (const row of fleet.fleetReport({ connection: redis.url, run })) {
  if (row.type === "object") reported.set(row.key, row.crc64);
  else others.push(row);
}
const cos = createCos(emulator.clientOptions);
let wrong = 0;
for (const { source, key } of entries) {
  const expected = await crc64Of(source);
  const { crc64 } = await cos.headObject({ Bucket: BUCKET, Key: key });
  if (crc64 !== expected || reported.get(key) !== expected) wrong += 1;
}
let uploads = 0;
for await (const upload of cos.eachMultipartUpload({ Bucket: BUCKET })) uploads += upload ? 1 : 0;
const { stored, twice } = await emulator.counts();
const share = (twice / stored) * 100;

console.log(
  `${COUNT} objects of 4 KiB and one of ${LARGE / MIB} MiB: ${seconds.toFixed(0)} s, ${kills} workers killed, Redis killed ${kills >= 4 ? "once" : "never: too short"}`,
);
figure("objects that are wrong or missing, in COS or in the report", String(wrong), "0", wrong === 0);
figure("failures and unfinished uploads in the report", String(others.length), "0", others.length === 0);
figure("uploads that COS still has", String(uploads), "0", uploads === 0);
figure(
  "objects and parts sent twice",
  `${twice} of ${stored}, ${share.toFixed(2)} %`,
  "at most 1 %",
  share <= 1,
);
await redis.close();
emulator.close();
await close();
process.exit();
