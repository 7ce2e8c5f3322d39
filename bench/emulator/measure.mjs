// The emulator with very many objects, beside the figures that it has to reach: memory, restart, a page of a listing, and how
// fast objects are stored.   node bench/emulator/measure.mjs [--objects N] [--emulator FILE] [--order random|sorted] [--write]
//   with --write the figures go into packages/emulator/README.md
//   node bench/emulator/start.mjs     how long a start takes, beside s3rver and Azurite
//   node bench/emulator/put-cost.mjs  what storing 1 GiB costs the server
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { replaceBetweenMarkers } from "../harness/documents.mjs";
import { putEmptyObjects } from "./raw-client.mjs";
import { startServer } from "./server-process.mjs";

const BUCKET = "demo-1250000000";
const MiB = 1024 ** 2;
/** The put rate is that of so many objects. */
const SAMPLE = 20_000;
const LISTINGS = 200;

const { values } = parseArgs({
  options: {
    objects: { type: "string", default: "1000000" },
    emulator: {
      type: "string",
      default: fileURLToPath(new URL("../../packages/emulator/dist/index.js", import.meta.url)),
    },
    order: { type: "string", default: "random" },
    connections: { type: "string", default: "16" },
    folder: { type: "string", default: "/tmp" },
    memory: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
});
const objects = Number(values.objects);
const connections = Number(values.connections);
const data = mkdtempSync(join(values.folder, "cosup-scale-"));
const options = {
  ...(values.memory ? {} : { data: join(data, "data") }),
  buckets: [BUCKET],
  anonymous: true,
  credentials: [{ secretId: "ID", secretKey: "KEY" }],
};

if (values.write && (values.memory || values.order !== "random")) {
  throw new Error("--write excludes --memory and --order: the page says how its figures were measured");
}
let missed = 0;
/** Rows of the table that --write writes. @type {string[]} */
const rows = [];
try {
  console.log(
    `Node ${process.version}, load ${loadavg()[0]?.toFixed(2)}, ${objects} empty objects, keys ${values.order}`,
  );
  await measure();
  if (values.write) await replaceBetweenMarkers("packages/emulator/README.md", table(), "scale");
} finally {
  rmSync(data, { recursive: true, force: true });
}
process.exitCode = missed === 0 ? 0 : 1;

async function measure() {
  let server = await startServer(values.emulator, options);
  const put = (from, to) => putEmptyObjects(server.port, { from, to, connections, pathOf });
  await put(0, SAMPLE / 4);
  const empty = await put(SAMPLE / 4, SAMPLE);
  const all = await put(SAMPLE, objects);
  const full = await put(objects, objects + SAMPLE);
  console.log(
    `put: ${Math.round(empty)}/s into the empty store, ${Math.round(all)}/s on the way to ${objects}`,
  );
  report("put rate with all objects over that of the empty store", full / empty, "×", { least: 0.5 });
  report("RSS after all puts", (await server.usage()).rss / MiB, "MiB", { most: 200 });
  await list(
    server.port,
    "a page of 1000 keys",
    () => `max-keys=1000&marker=${encodeURIComponent(keyOf(anyObject()))}`,
  );
  await list(
    server.port,
    "a page of 1000 folders",
    () => `max-keys=1000&delimiter=/&marker=${folderOf(anyObject())}`,
  );
  report("RSS after the listings", (await server.usage()).rss / MiB, "MiB", { most: 200 });
  if (values.memory) return void (await server.close());
  for (const how of ["close", "kill"]) {
    await server[how]();
    server = await startServer(values.emulator, options);
    report(`restart after ${how}, startEmulator()`, server.startMs, "ms", { most: 3000 });
    report(`restart after ${how}, the process`, server.processMs, "ms", { most: 3000 });
    report(`RSS after ${how} and restart`, (await server.usage()).rss / MiB, "MiB", { most: 200 });
  }
  await list(
    server.port,
    "a page of 1000 keys after the restart",
    () => `max-keys=1000&marker=${keyOf(anyObject())}`,
  );
  await server.close();
}

/** @param {number} port @param {string} what @param {() => string} query */
async function list(port, what, query) {
  const times = [];
  for (let n = 0; n < LISTINGS; n += 1) {
    const began = performance.now();
    const response = await fetch(`http://127.0.0.1:${port}/${BUCKET}?${query()}`);
    const text = await response.text();
    if (!response.ok || !text.includes("</ListBucketResult>")) throw new Error(text.slice(0, 500));
    times.push(performance.now() - began);
  }
  times.sort((a, b) => a - b);
  report(`${what}, median`, times[LISTINGS / 2] ?? 0, "ms", { most: 10 });
  console.log(`  ${what}, 99 of 100: ${times[Math.floor(LISTINGS * 0.99)]?.toFixed(2)} ms`);
}

function anyObject() {
  return Math.floor(Math.random() * objects * 0.9);
}

/** Neighbours in time are none in the order of keys, as with names that users give; or the opposite. @param {number} n */
function keyOf(n) {
  if (values.order === "sorted")
    return `f${String(Math.floor(n / 100)).padStart(6, "0")}/object-${String(n).padStart(9, "0")}`;
  return `${folderOf(n)}object-${n}`;
}

/** @param {number} n */
function folderOf(n) {
  if (values.order === "sorted") return `${keyOf(n).split("/")[0]}/`;
  return `${createHash("md5").update(String(n)).digest("hex").slice(0, 4)}/`;
}

/** @param {number} n */
function pathOf(n) {
  return `/${BUCKET}/${keyOf(n)}`;
}

/** @param {string} what @param {number} figure @param {string} unit @param {{ most?: number, least?: number }} limit */
function report(what, figure, unit, { most = Number.POSITIVE_INFINITY, least }) {
  const reached = figure <= most && figure >= (least ?? 0);
  if (!reached) missed += 1;
  const limit = least === undefined ? `≤ ${most}` : `≥ ${least}`;
  rows.push(`| ${what} | ${Number(figure.toPrecision(3))} ${unit} | ${limit} ${unit} |`);
  console.log(`${reached ? "reached" : "MISSED "} ${what}: ${figure.toFixed(2)} ${unit}`);
}

function table() {
  const machine = `${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.versions.node}`;
  return [
    `${objects.toLocaleString("en")} empty objects, stored over HTTP in an order unlike that of their keys, on ${machine}:`,
    "",
    "| figure | measured | limit |",
    "|---|---|---|",
    ...rows,
  ].join("\n");
}
