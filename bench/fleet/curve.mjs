// node bench/fleet/curve.mjs [--alone | --busy] [--rounds N] [--small] [--write]: CPU of a worker per object and per GB in fleets of 1, 2 and
// 4 workers. A machine for each worker is not here, so all of them share one, and what a neighbour takes of its caches counts
// as CPU. Therefore four workers run in every case, as four fleets of 1, two of 2, or one of 4, each fleet with a Redis of its own,
// and the service responds as over a network, so that the machine is not the limit.
// `--alone`: one fleet of N, so that the load grows with N. `--busy`: the same, and the service responds at once.
// `--write` puts the table into docs/fleet.md.
import { cpus } from "node:os";
import { replaceBetweenMarkers } from "../harness/documents.mjs";
import { largeFile, smallFiles } from "./files.mjs";
import {
  figure,
  MIB,
  openFolder,
  startBareClients,
  startEmulator,
  startRedis,
  startWorkers,
} from "./rig.mjs";

const has = (/** @type {string} */ flag) => process.argv.includes(flag);
const mode = has("--busy") ? "busy" : has("--alone") ? "alone" : "fleets";
const roundsAt = process.argv.indexOf("--rounds");
const ROUNDS = roundsAt === -1 ? 3 : Number(process.argv[roundsAt + 1]);
const SIZES = [1, 2, 4];
/** Objects of 4 KiB of all fleets together, and bytes in parts. */
const COUNT = has("--small") ? 800 : 4_000;
const BYTES = (has("--small") ? 128 : 1024) * MIB;
const MOST_PERCENT = 15;

/** Milliseconds until the service responds, on average, and what a worker sends at once. A part comes as over 40 MB/s. */
const KINDS =
  mode === "busy"
    ? { object: { delayMs: 0, concurrency: 16 }, part: { delayMs: 0, concurrency: 16 } }
    : { object: { delayMs: 40, concurrency: 8 }, part: { delayMs: 200, concurrency: 4 } };

/** @typedef {{ name: string, kind: "object" | "part", isBare?: boolean, unit: "ms" | "s" }} Row */
/** @type {Row[]} */
const ROWS = [
  { name: "object of 4 KiB", kind: "object", unit: "ms" },
  ...(mode === "fleets"
    ? []
    : [
        /** @type {Row} */ ({
          name: "object of 4 KiB, the bare client",
          kind: "object",
          isBare: true,
          unit: "ms",
        }),
      ]),
  { name: "GB in parts of 8 MiB", kind: "part", unit: "s" },
];

const { folder, close } = await openFolder();
const small = await smallFiles(`${folder}/small`, COUNT, 4096);
const files = new Map();
for (const size of SIZES)
  files.set(BYTES / 2 / size, await largeFile(folder, BYTES / 2 / size, `large-${size}`));

/** What one of several fleets sends. @param {Row} row @param {number} fleets @param {number} number */
function entriesOf({ kind }, fleets, number) {
  if (kind === "object") return small.filter((_, index) => index % fleets === number);
  const file = files.get(BYTES / 2 / fleets);
  return [0, 1].map((copy) => ({ ...file, key: `${number}-${copy}` }));
}

/** @param {Row} row @param {number} workers */
async function measure(row, workers) {
  const isObjects = row.kind === "object";
  const { delayMs, concurrency } = KINDS[row.kind];
  const fleets = mode === "fleets" ? 4 / workers : 1;
  const emulator = await startEmulator(delayMs);
  const servers = await Promise.all(
    Array.from({ length: fleets }, () => startRedis(folder, ["--appendonly", "no"])),
  );
  const senders = await Promise.all(
    servers.map((redis) => {
      const options = { connection: redis.url, cos: emulator.clientOptions, concurrency };
      return (row.isBare === true ? startBareClients : startWorkers)(workers, options);
    }),
  );
  const sum = (/** @type {readonly { cpu: () => number }[]} */ each) =>
    each.reduce((all, one) => all + one.cpu(), 0);
  const entries = senders.map((_, number) => entriesOf(row, fleets, number));
  // What each process compiles once is not what an object costs.
  const warm = small.slice(0, COUNT / 8).flatMap((entry) => Array.from({ length: workers }, () => entry));
  await Promise.all(senders.map((one, number) => one.send(isObjects ? warm : (entries[number] ?? []), 25)));
  const read = () => ({
    own: sum(senders),
    redis: sum(servers),
    rest: emulator.cpu(),
    ms: performance.now(),
  });
  const before = read();
  await Promise.all(senders.map((one, number) => one.send(entries[number] ?? [], 50)));
  const after = read();
  // In this order: workers end what they have before Redis is away.
  for (const group of [senders, servers]) await Promise.all(group.map((one) => one.close()));
  emulator.close();
  const unit = isObjects ? 1e3 / COUNT : 1e9 / BYTES;
  const [own, redis, rest] = [after.own - before.own, after.redis - before.redis, after.rest - before.rest];
  const share = ((own + redis + rest) / (after.ms - before.ms)) * 1e3;
  return { own: own * unit, redis: redis * unit, share: share / cpus().length };
}

/** Percent by which rounds of the same case differ. @param {number[]} values */
const spreadOf = (values) => (Math.max(...values) / Math.min(...values) - 1) * 100;

const median = (/** @type {number[]} */ values) =>
  values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0;

const heads = [
  "CPU of the workers per",
  "N = 1",
  "N = 2",
  "N = 4",
  "largest over smallest",
  "Redis",
  "machine in use",
];
const spreads = [];
const lines = [heads, heads.map(() => "---")].map((cells) => `| ${cells.join(" | ")} |`);
for (const row of ROWS) {
  /** @type {Map<number, Awaited<ReturnType<typeof measure>>[]>} */
  const found = new Map(SIZES.map((count) => [count, []]));
  for (let round = 0; round < ROUNDS; round += 1)
    for (const [count, rounds] of found) rounds.push(await measure(row, count));
  const all = [...found.values()];
  const own = all.map((rounds) => median(rounds.map((each) => each.own)));
  const percent = (Math.max(...own) / Math.min(...own) - 1) * 100;
  const spread = Math.max(...all.map((rounds) => spreadOf(rounds.map((each) => each.own))));
  spreads.push(`${spread.toFixed(0)} % (${row.name})`);
  const digits = row.unit === "ms" ? 3 : 2;
  const ofRedis = all.map((rounds) => median(rounds.map((each) => each.redis)).toFixed(digits)).join(", ");
  const shares = all
    .map((rounds) => `${(median(rounds.map((each) => each.share)) * 100).toFixed(0)} %`)
    .join(", ");
  const cells = own.map((value) => `${value.toFixed(digits)} ${row.unit}`);
  const redis = row.isBare === true ? "–" : `${ofRedis} ${row.unit}`;
  lines.push(`| ${[row.name, ...cells, `+${percent.toFixed(0)} %`, redis, shares].join(" | ")} |`);
  for (const [count, rounds] of found)
    console.log(`  N=${count}: ${rounds.map((each) => each.own.toFixed(3)).join(", ")} ${row.unit}`);
  const what = `CPU per ${row.name}, largest over smallest of N = 1, 2, 4`;
  if (row.isBare === true) figure(what, `+${percent.toFixed(1)} %`);
  else figure(what, `+${percent.toFixed(1)} %`, `at most ${MOST_PERCENT} %`, percent <= MOST_PERCENT);
}
const where = `${cpus()[0]?.model ?? "unknown"}, ${cpus().length} cores, Node ${process.versions.node}`;
const today = new Date().toISOString().slice(0, 10);
lines.push("", `${where}, ${today}. Rounds of the same case differ by up to ${spreads.join(" and ")}.`);
console.log(lines.join("\n"));
if (has("--write")) await replaceBetweenMarkers("docs/fleet.md", lines.join("\n"), `fleet curve ${mode}`);
await close();
process.exit();
