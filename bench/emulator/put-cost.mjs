// What it costs the emulator to receive 1 GiB in parts of 8 MB, beside the sum of what it cannot do without: MD5, CRC64, and a
// loop that receives and writes. CPU of all threads of the server's process, in seconds per GB.
// With --warm, each server has received as much before.
//   node bench/emulator/put-cost.mjs [--rounds N] [--emulator FILE] [--folder DIR] [--memory] [--warm]
import { spawnSync } from "node:child_process";
import { randomFillSync } from "node:crypto";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { sendUntilDone } from "./raw-client.mjs";
import { startProcess } from "./server-process.mjs";

const BUCKET = "demo-1250000000";
const PART = 8_000_000;
const PARTS = Math.ceil(1024 ** 3 / PART);
const CONNECTIONS = 5;
const LIMIT = 1.15;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "5" },
    emulator: { type: "string", default: here("../../packages/emulator/dist/index.js") },
    folder: { type: "string", default: "/tmp" },
    memory: { type: "boolean", default: false },
    warm: { type: "boolean", default: false },
  },
});
const part = randomFillSync(Buffer.allocUnsafe(PART));
const costs = { emulator: [], receive: [], md5: [], crc64: [] };
const measures = {
  emulator: () => serverCost("./serve.mjs", values.emulator),
  receive: () => serverCost("./bare-server.mjs", "none"),
  md5: () => digestCost("md5"),
  crc64: () => digestCost("crc64"),
};
console.log(`Node ${process.version}, load ${loadavg()[0]?.toFixed(2)}, ${PARTS} parts of ${PART} bytes`);
for (let round = 0; round < Number(values.rounds); round += 1) {
  const names = Object.keys(measures);
  for (const name of round % 2 === 0 ? names : names.toReversed()) costs[name].push(await measures[name]());
}
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1] ?? Number.NaN;
for (const [name, list] of Object.entries(costs)) {
  console.log(
    `${name}: ${median(list).toFixed(3)} CPU-s/GB, ${Math.min(...list).toFixed(3)} … ${Math.max(...list).toFixed(3)}`,
  );
}
const ratios = costs.emulator.map((cost, at) => cost / (costs.receive[at] + costs.md5[at] + costs.crc64[at]));
const ratio = median(ratios);
console.log(
  `${ratio <= LIMIT ? "reached" : "MISSED "} emulator over the sum: ${ratio.toFixed(3)} ×, ≤ ${LIMIT}`,
);
process.exitCode = ratio <= LIMIT ? 0 : 1;

/** @param {string} program @param {string} module */
async function serverCost(program, module) {
  const folder = mkdtempSync(join(values.folder, "cosup-put-cost-"));
  const data = join(folder, "data");
  const inMemory = values.memory && module !== "none";
  mkdirSync(data);
  touchFileCache(join(folder, "touched"));
  const credentials = [{ secretId: "ID", secretKey: "KEY" }];
  const options = { ...(inMemory ? {} : { data }), buckets: [BUCKET], anonymous: true, credentials };
  const server = await startProcess(here(program), module, options);
  const id = module === "none" ? "none" : await initiate(server.port);
  if (values.warm) await sendAll(server.port, id);
  const before = (await server.usage()).cpu;
  await sendAll(server.port, id);
  const { user, system } = (await server.usage()).cpu;
  await server.close();
  rmSync(folder, { recursive: true, force: true });
  return (user + system - before.user - before.system) / 1e6 / ((PARTS * PART) / 1e9);
}

/**
 * Writes as much as a server will, and deletes it. What the system has never used, or has given back to its host, costs more
 * than all the rest when a file is first written there, and would count for one of the two servers.
 * @param {string} path
 */
function touchFileCache(path) {
  const file = openSync(path, "w");
  for (let n = 0; n < PARTS; n += 1) writeSync(file, part);
  closeSync(file);
  rmSync(path);
}

/** @param {number} port @param {string | undefined} id */
async function sendAll(port, id) {
  let next = 1;
  const paths = () => (next <= PARTS ? `/${BUCKET}/big?partNumber=${next++}&uploadId=${id}` : undefined);
  await Promise.all(Array.from({ length: CONNECTIONS }, () => sendUntilDone(port, paths, part)));
}

/** @param {number} port */
async function initiate(port) {
  const response = await fetch(`http://127.0.0.1:${port}/${BUCKET}/big?uploads`, { method: "POST" });
  return /<UploadId>(.*)<\/UploadId>/.exec(await response.text())?.[1];
}

/** @param {string} name */
function digestCost(name) {
  const { stdout } = spawnSync(process.execPath, [here("./digest-cost.mjs"), name], { encoding: "utf8" });
  return Number(stdout) / (1024 ** 3 / 1e9);
}
