// node bench/fleet/cpu.mjs [--small] [--curve]: CPU of the workers per object and per GB with 1, 2 and 4 of them, and that of Redis beside
// it; what the queue alone costs for each object, in batches and with one object per job; how soon a lost worker is noticed.
import { setTimeout as sleep } from "node:timers/promises";
import { largeFile, smallFiles } from "./files.mjs";
import {
  BUCKET,
  figure,
  fleet,
  keyOf,
  MIB,
  numbered,
  openFolder,
  startBare,
  startEmulator,
  startRedis,
  startWorker,
  untilFinished,
} from "./rig.mjs";

const isSmall = process.argv.includes("--small");
const COUNT = isSmall ? 1_000 : 10_000;
const LARGE = (isSmall ? 128 : 1024) * MIB;
const QUEUED = isSmall ? 5_000 : 50_000;

const { folder, close } = await openFolder();
const redis = await startRedis(folder);
const emulator = await startEmulator();
const options = { connection: redis.url, cos: emulator.clientOptions };

/** @typedef {readonly import("@cosup/fleet").ManifestEntry[]} Entries */

/** Adds a run. @param {Entries} entries @returns {Promise<string>} */
async function enqueue(entries, batchObjects = 100) {
  const place = { connection: redis.url, bucket: BUCKET, batchObjects, onWarning: () => {} };
  return (await fleet.enqueueUploads(numbered(entries), place)).run;
}

/** @param {number} count @param {object} more */
async function startWorkers(count, more = {}) {
  const workers = await Promise.all(
    Array.from({ length: count }, () => startWorker({ ...options, ...more })),
  );
  return {
    cpu: () => workers.reduce((sum, worker) => sum + worker.cpu(), 0),
    close: async () => {
      for (const worker of workers) worker.child.kill("SIGTERM");
      await Promise.all(workers.map(({ ended }) => ended));
    },
  };
}

/** CPU of a run in seconds: of running workers, of Redis, and of the producer. */
async function measure(
  /** @type {Awaited<ReturnType<typeof startWorkers>>} */ workers,
  /** @type {Entries} */ entries,
  batchObjects = 100,
) {
  const own = process.cpuUsage();
  const before = { workers: workers.cpu(), redis: redis.cpu() };
  const run = await enqueue(entries, batchObjects);
  const { user, system } = process.cpuUsage(own);
  await untilFinished(redis.url, run);
  return {
    run,
    workers: workers.cpu() - before.workers,
    redis: redis.cpu() - before.redis,
    producer: (user + system) / 1e6,
  };
}

const small = await smallFiles(`${folder}/small`, COUNT, 4096);
const large = [await largeFile(folder, LARGE)];
/** CPU in seconds of the bare client in as many processes, each with its share of the files. */
async function measureBare(/** @type {number} */ count) {
  const processes = await Promise.all(Array.from({ length: count }, () => startBare(options)));
  const cpu = () => processes.reduce((sum, each) => sum + each.cpu(), 0);
  const send = (/** @type {Entries} */ entries) =>
    Promise.all(
      processes.map((each, place) => each.send(entries.filter((_, index) => index % count === place))),
    );
  await send(Array.from({ length: count }, () => small.slice(0, COUNT / 5)).flat());
  const before = cpu();
  await send(small);
  const used = cpu() - before;
  for (const each of processes) each.child.kill();
  return (used / COUNT) * 1e3;
}

const perObject = [];
const perGb = [];
const overBare = [];
let results = 0;
for (const count of [1, 2, 4]) {
  const workers = await startWorkers(count);
  // What each process compiles once is not what an object costs.
  await measure(workers, Array.from({ length: count }, () => small.slice(0, COUNT / 5)).flat(), 50);
  await measure(workers, large);
  const objects = await measure(workers, small);
  const parts = await measure(workers, large);
  await workers.close();
  results = await redis.memoryOf(`cosup:fleet:${objects.run}:results`);
  const bare = await measureBare(count);
  const each = (objects.workers / COUNT) * 1e3;
  perObject.push(each);
  perGb.push(parts.workers / (LARGE / 1e9));
  overBare.push(each / bare);
  console.log(
    `N=${count}: ${each.toFixed(3)} ms per object of 4 KiB (Redis ${((objects.redis / COUNT) * 1e3).toFixed(3)} ms; ` +
      `without a queue ${bare.toFixed(3)} ms), ` +
      `${perGb.at(-1)?.toFixed(3)} s per GB (Redis ${(parts.redis / (LARGE / 1e9)).toFixed(3)} s)`,
  );
}
for (const [what, values] of /** @type {const} */ ([
  ["object", perObject],
  ["object, over the bare client in as many processes", overBare],
  ["GB", perGb],
])) {
  const spread = (Math.max(...values) / Math.min(...values) - 1) * 100;
  figure(
    `CPU per ${what}, largest over smallest of N = 1, 2, 4`,
    `+${spread.toFixed(1)} %`,
    "at most 15 %",
    spread <= 15,
  );
}
if (process.argv.includes("--curve")) {
  emulator.close();
  await redis.close();
  await close();
  process.exit();
}
figure("Redis, per million objects that are done", `${(results / COUNT).toFixed(0)} MB`);

const nothing = Array.from({ length: QUEUED }, (_, index) => ({
  source: small[index % COUNT]?.source ?? "",
  key: keyOf(index),
  size: 4096,
}));
for (const batchObjects of [100, 1]) {
  const idle = await startWorkers(1, { isNull: true });
  await measure(idle, nothing.slice(0, QUEUED / 5), batchObjects);
  const { workers, redis: own, producer } = await measure(idle, nothing, batchObjects);
  await idle.close();
  const ms = ((workers + own + producer) / QUEUED) * 1e3;
  const parts = [workers, own, producer].map((seconds) => ((seconds / QUEUED) * 1e3).toFixed(4));
  const what = batchObjects === 1 ? "one object per job" : `batches of ${batchObjects}`;
  const text = `${ms.toFixed(3)} ms (worker ${parts[0]}, Redis ${parts[1]}, producer ${parts[2]})`;
  if (batchObjects === 1) figure(`queue, CPU per object, ${what}`, text);
  else figure(`queue, CPU per object, ${what}`, text, "at most 0.3 ms", ms <= 0.3);
}

const noticed = [];
for (let round = 0; round < (isSmall ? 2 : 5); round += 1) {
  const { run } = await fleet.enqueueUploads(numbered(small), {
    connection: redis.url,
    bucket: BUCKET,
    batchObjects: 1000,
    onWarning: () => {},
  });
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
