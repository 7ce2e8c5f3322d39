// The contract against a real bucket: `npm run test:live`, with the variables below. Prints what differs from the emulator.
// `npm run test:live -- --only "appendObject"` runs some of the cases. docs/live-tests.md describes it.
import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureBuilt, root } from "./bootstrap.mjs";
import { differences, headerDifferences, readRun, redactor } from "./live-report.mjs";

const REQUIRED = ["BUCKET", "REGION", "SECRET_ID", "SECRET_KEY"].map((name) => `COSUP_LIVE_${name}`);
const missing = REQUIRED.filter((name) => !process.env[name]);
if (missing.length > 0) {
  console.error(
    `test:live runs against a real bucket and needs ${missing.join(", ")}: see docs/live-tests.md`,
  );
  process.exit(2);
}
const [Bucket = "", Region = "", secretId = "", secretKey = ""] = REQUIRED.map((name) => process.env[name]);
const token = process.env.COSUP_LIVE_TOKEN || undefined;
const redact = redactor([secretKey, token ?? ""]);
const at = process.argv.indexOf("--only");
const only = at < 0 ? undefined : process.argv[at + 1];

if (process.env.COSUP_LIVE_BUILT !== "1") await ensureBuilt();
const { bundleLive } = await import("../tools/runtimes/bundle.mjs");
const bundle = await bundleLive();
const prefix = `cosup-live-${randomBytes(8).toString("hex")}/`;

console.error("the emulator …");
const local = await runLocally();
const names = local.verdicts.filter(({ status }) => status === "passed").map(({ name }) => name);
console.error(`${names.length} cases, ${Bucket}, below ${prefix} …`);
const endpoint = process.env.COSUP_LIVE_ENDPOINT || `https://{Bucket}.cos.${Region}.myqcloud.com`;
const live = await runCases({
  endpoint,
  Region,
  Bucket,
  keys: { secretId, secretKey, token },
  prefix,
  names,
});
process.exit(report());

/** Which cases pass against the emulator without faults and with COS's own limits, and what its responses have. */
async function runLocally() {
  const { startEmulator } = await import("../packages/emulator/dist/index.js");
  const data = await mkdtemp(join(tmpdir(), "cosup-live-"));
  const keys = { secretId: "AKIDlocal", secretKey: "secretOfTheEmulator" };
  const emulator = await startEmulator({ data, buckets: [Bucket], credentials: [keys] });
  try {
    return await runCases({ endpoint: `${emulator.url}/{Bucket}`, Region, Bucket, keys, prefix, only });
  } finally {
    await emulator.close();
    await rm(data, { recursive: true, force: true });
  }
}

/** @param {object} order */
function runCases(order) {
  const child = spawn(process.execPath, [bundle], { cwd: root, stdio: ["pipe", "pipe", "pipe"] });
  // The child stops after the case under way, and removes what is there.
  process.on("SIGINT", () => {});
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
    const done = output.match(/"status"/g)?.length ?? 0;
    if (process.stderr.isTTY) process.stderr.write(`\r${done} cases `);
  });
  child.stderr.setEncoding("utf8").on("data", (text) => process.stderr.write(redact(text)));
  child.stdin.end(JSON.stringify(order));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", () => resolve(readRun(output)));
  });
}

function report() {
  const different = differences(local, live);
  for (const line of different) console.log(redact(`DIFFERS ${line}`));
  const headers = headerDifferences(local, live);
  if (headers.length > 0)
    console.log("response headers that only one of the two has, + the bucket, - the emulator:");
  for (const line of headers) console.log(redact(`  ${line}`));
  const skipped = local.verdicts.length - names.length;
  console.log(`${names.length - different.length} the same, ${different.length} differ, ${skipped} not run`);
  const { objects = 0, uploads = 0, left } = live.cleanUp ?? {};
  console.log(
    `removed ${objects} objects and ${uploads} unfinished uploads; ${left ?? "unknown how many"} left`,
  );
  if (left !== 0) console.log(`remove what is below ${prefix} by hand`);
  return different.length === 0 && left === 0 ? 0 : 1;
}
