// node bench/fleet/memory.mjs [--small]: memory of Redis per million queued small objects, in batches and with one object per
// job, and the producer's RSS while it reads a manifest file of a million lines.
import { fork } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { createReadStream, createWriteStream, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { BUCKET, figure, fleet, keyOf, manifest, openFolder, startRedis } from "./rig.mjs";

const MILLION = 1_000_000;
const [path = "", connection = "", batchObjects = ""] = process.argv.includes("--child")
  ? process.argv.slice(3)
  : [];
if (path === "") await measure(process.argv.includes("--small") ? 100_000 : MILLION);
else await produce();
process.exit();

/** The producer, in a process of its own. */
async function produce() {
  const entries = manifest.readManifest(createReadStream(path), { root: "/data", onBadLine: "fail" });
  const options = { connection, bucket: BUCKET, batchObjects: Number(batchObjects), onWarning: () => {} };
  const { objects } = await fleet.enqueueUploads(entries, options);
  const [, peak = "0"] = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  process.send?.({ objects, rssMib: Number(peak) / 1024, seconds: process.cpuUsage().user / 1e6 });
}

/** @param {number} count */
async function measure(count) {
  const { folder, close } = await openFolder();
  const file = join(folder, "manifest.jsonl");
  for (const { batchObjects, nameOf } of [
    { batchObjects: 100, nameOf: keyOf },
    { batchObjects: 100, nameOf: hashOf },
    { batchObjects: 1, nameOf: keyOf },
  ]) {
    const lines = batchObjects === 1 ? Math.min(count, 100_000) : count;
    await writeManifest(file, lines, nameOf);
    const redis = await startRedis(folder, ["--appendonly", "no"]);
    const before = await usedMemory(redis.port);
    const script = fileURLToPath(import.meta.url);
    const child = fork(script, ["--child", file, redis.url, String(batchObjects)]);
    const [{ objects, rssMib, seconds }] = await once(child, "message");
    const used = (((await usedMemory(redis.port)) - before) / objects) * MILLION;
    const mb = used / 1e6;
    const what = batchObjects === 1 ? "one object per job" : `batches of ${batchObjects}`;
    if (batchObjects === 1)
      figure(`Redis per million queued objects, ${what}`, `${mb.toFixed(0)} MB (from ${objects})`);
    else if (nameOf === hashOf)
      figure("Redis per million queued objects, batches, keys of random characters", `${mb.toFixed(0)} MB`);
    else {
      figure(`Redis per million queued objects, ${what}`, `${mb.toFixed(0)} MB`, "at most 150 MB", mb <= 150);
      figure(
        `enqueue of ${objects} entries, peak RSS`,
        `${rssMib.toFixed(0)} MiB (${seconds.toFixed(1)} s of CPU)`,
        "at most 150 MiB",
        rssMib <= 150,
      );
    }
    await redis.close();
  }
  await close();
}

/** @param {string} file @param {number} count @param {(index: number) => string} nameOf */
async function writeManifest(file, count, nameOf) {
  const output = createWriteStream(file);
  for (let index = 0; index < count; index += 1) {
    const key = nameOf(index);
    if (!output.write(`${JSON.stringify({ source: `/data/${key}`, key, size: 4096 })}\n`))
      await once(output, "drain");
  }
  output.end();
  await once(output, "close");
}

/** A key of 60 bytes that hardly compresses. @param {number} index */
function hashOf(index) {
  return createHash("sha256").update(String(index)).digest("hex").slice(0, 60);
}

/** @param {number} port */
async function usedMemory(port) {
  const { Redis } = await import("ioredis");
  const client = new Redis(port, "127.0.0.1");
  const info = await client.info("memory");
  client.disconnect();
  return Number(/used_memory:(\d+)/.exec(info)?.[1] ?? 0);
}
