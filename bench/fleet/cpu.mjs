// node bench/fleet/cpu.mjs [--small]: what the queue alone costs for each object, in batches and with one object per job; Redis's
// memory for objects that are done; how soon a lost worker is noticed. curve.mjs has the CPU with 1, 2 and 4 workers.
import { setTimeout as sleep } from "node:timers/promises";
import { smallFiles } from "./files.mjs";
import {
  enqueue,
  figure,
  keyOf,
  openFolder,
  startEmulator,
  startRedis,
  startWorker,
  startWorkers,
  untilFinished,
} from "./rig.mjs";

const isSmall = process.argv.includes("--small");
const COUNT = isSmall ? 1_000 : 10_000;
const QUEUED = isSmall ? 5_000 : 50_000;

const { folder, close } = await openFolder();
const redis = await startRedis(folder);
const emulator = await startEmulator();
const options = { connection: redis.url, cos: emulator.clientOptions };
const small = await smallFiles(`${folder}/small`, COUNT, 4096);

const nothing = Array.from({ length: QUEUED }, (_, index) => ({
  source: small[index % COUNT]?.source ?? "",
  key: keyOf(index),
  size: 4096,
}));
let results = 0;
for (const batchObjects of [100, 1]) {
  const idle = await startWorkers(1, { ...options, isNull: true });
  await idle.send(nothing.slice(0, QUEUED / 5), batchObjects);
  const before = { worker: idle.cpu(), redis: redis.cpu(), producer: process.cpuUsage() };
  const run = await idle.send(nothing, batchObjects);
  const { user, system } = process.cpuUsage(before.producer);
  const used = [idle.cpu() - before.worker, redis.cpu() - before.redis, (user + system) / 1e6];
  if (batchObjects > 1) results = await redis.memoryOf(`cosup:fleet:${run}:results`);
  await idle.close();
  const ms = (used.reduce((sum, seconds) => sum + seconds, 0) / QUEUED) * 1e3;
  const parts = used.map((seconds) => ((seconds / QUEUED) * 1e3).toFixed(4));
  const what = batchObjects === 1 ? "one object per job" : `batches of ${batchObjects}`;
  const text = `${ms.toFixed(3)} ms (worker ${parts[0]}, Redis ${parts[1]}, producer ${parts[2]})`;
  if (batchObjects === 1) figure(`queue, CPU per object, ${what}`, text);
  else figure(`queue, CPU per object, ${what}`, text, "at most 0.3 ms", ms <= 0.3);
}

figure("Redis, per million objects that are done", `${(results / QUEUED).toFixed(0)} MB`);

const noticed = [];
for (let round = 0; round < (isSmall ? 2 : 5); round += 1) {
  const run = await enqueue(redis.url, small, 1000);
  const lost = await startWorker(options);
  let heard = () => {};
  const loss = new Promise((resolve) => {
    heard = () => resolve(Date.now());
  });
  const other = await startWorker({ ...options, concurrency: 1, events: ["loss-noticed"] }, () => heard());
  await sleep(300);
  lost.kill();
  const killedMs = Date.now();
  noticed.push((Number(await loss) - killedMs) / 1000);
  await untilFinished(redis.url, run);
  other.kill();
}
const longest = Math.max(...noticed);
figure(
  "a worker's loss noticed",
  `${noticed.map((seconds) => seconds.toFixed(1)).join(", ")} s`,
  "at most 15 s",
  longest <= 15,
);
await redis.close();
emulator.close();
await close();
process.exit();
