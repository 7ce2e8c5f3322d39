// node bench/sync/measure.mjs [--files 100000]: a sync of files that did not change, by cosup and by rclone (Debian's), against
// one local emulator in memory. Prints requests by operation, wall, CPU and peak RSS of each. Linux only: it reads /proc.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { repository } from "../harness/paths.mjs";

const { values } = parseArgs({ options: { files: { type: "string", default: "100000" } } });
const count = Number(values.files);
if (!Number.isInteger(count) || count < 1) throw new Error("--files must be a whole number, 1 or more");

const cosupScript = join(repository, "packages/cli/bin/cosup.js");
const FILES_PER_FOLDER = 1000;
const BUCKET = "bench-1250000000";
const KEYS = { COS_SECRET_ID: "ID", COS_SECRET_KEY: "KEY" };
const home = await mkdtemp(join(tmpdir(), "cosup-sync-"));
const source = join(home, "source");

const emulator = spawn(
  process.execPath,
  [cosupScript, "emulator", "--port", "0", "--bucket", BUCKET, "--verbose"],
  { stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, ...KEYS } },
);
/** Requests by operation since the last measurement. @type {Record<string, number>} */
let requests = {};
let rest = "";
/** @type {Promise<string>} */
const port = new Promise((resolve) => {
  emulator.stdout.setEncoding("utf8").on("data", (/** @type {string} */ text) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [, found] = /127\.0\.0\.1:(\d+)/.exec(line) ?? [];
      if (found !== undefined && line.includes("listening")) resolve(found);
      const [, operation] = /^\S+ \d{3} (\w+)/.exec(line) ?? [];
      if (operation !== undefined) requests[operation] = (requests[operation] ?? 0) + 1;
    }
  });
});

try {
  await writeFiles();
  const env = { ...process.env, ...KEYS, COS_REGION: "ap-guangzhou", COSUP_STATE_DIR: join(home, "state") };
  const endpoint = `http://127.0.0.1:${await port}/{Bucket}`;
  const cosup = [
    process.execPath,
    cosupScript,
    "sync",
    source,
    `cos://${BUCKET}/source`,
    "-q",
    "--files",
    "50",
  ];
  const withEndpoint = { ...env, COS_ENDPOINT: endpoint };
  await measure("cosup, first run", cosup, withEndpoint);
  await measure("cosup, unchanged", cosup, withEndpoint);
  const config = join(home, "rclone.conf");
  await writeFile(config, rcloneConfig());
  const rclone = ["rclone", "--config", config, "sync", source, `cos:${BUCKET}/source`];
  // rclone takes no other certificates while it has a proxy.
  const proxied = { ...env, AWS_CA_BUNDLE: undefined, HTTP_PROXY: `http://127.0.0.1:${await port}` };
  // The objects have no modification time of rclone's yet: its first run sets them.
  await measure("rclone sync, first run", rclone, proxied);
  await measure("rclone sync, unchanged", rclone, proxied);
  await measure("rclone sync --size-only, unchanged", [...rclone, "--size-only"], proxied);
} finally {
  emulator.kill();
  await rm(home, { recursive: true, force: true });
}

async function writeFiles() {
  for (let index = 0; index < count; index += 1) {
    const folder = join(source, `d${Math.floor(index / FILES_PER_FOLDER)}`);
    if (index % FILES_PER_FOLDER === 0) await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `f${index}.txt`), `file ${index}`);
  }
}

/** @param {string} name @param {string[]} command @param {NodeJS.ProcessEnv} env */
async function measure(name, command, env) {
  requests = {};
  const startedAt = performance.now();
  const child = spawn(command[0] ?? "", command.slice(1), { stdio: ["ignore", "ignore", "inherit"], env });
  let rssMiB = 0;
  let cpuSeconds = 0;
  const timer = setInterval(() => {
    const status = readProc(`/proc/${child.pid}/status`);
    const [, peak = "0"] = /VmHWM:\s+(\d+)/.exec(status) ?? [];
    rssMiB = Math.max(rssMiB, Number(peak) / 1024);
    const fields = readProc(`/proc/${child.pid}/stat`).split(") ")[1]?.split(" ") ?? [];
    // User and system time, in hundredths of a second.
    if (fields.length > 12) cpuSeconds = (Number(fields[11]) + Number(fields[12])) / 100;
  }, 20);
  const code = await new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  clearInterval(timer);
  const wallSeconds = (performance.now() - startedAt) / 1000;
  // The last lines of the emulator.
  await new Promise((resolve) => setTimeout(resolve, 200));
  const round = (/** @type {number} */ value) => Math.round(value * 100) / 100;
  const measured = { wallSeconds: round(wallSeconds), cpuSeconds, rssMiB: Math.round(rssMiB) };
  console.log(JSON.stringify({ name, files: count, code, ...measured, requests }));
}

/** "" once the process has ended. @param {string} path */
function readProc(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

function rcloneConfig() {
  return `[cos]
type = s3
provider = TencentCOS
access_key_id = ${KEYS.COS_SECRET_ID}
secret_access_key = ${KEYS.COS_SECRET_KEY}
endpoint = http://cos.ap-guangzhou.myqcloud.com
acl = default
`;
}
