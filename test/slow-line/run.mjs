// An upload over a slow line, with default settings: `npm run test:slow-line -- [node|deno] [KB/s]
// [MiB]`. By default 21 MiB at 20 KB/s, which takes 18 minutes.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ensureBuilt, root } from "../../scripts/bootstrap.mjs";
import { binaries } from "../../tools/runtimes/install.mjs";

const [runtime = "node", kilobytes = "20", mebibytes = "21"] = process.argv.slice(2);
const bytesPerSecond = Number(kilobytes) * 1000;
const size = Number(mebibytes) * 1024 ** 2;
const BUCKET = "demo-1250000000";
const KEYS = { secretId: "AKIDslowline", secretKey: "key-of-the-slow-line" };

await ensureBuilt();
const { startEmulator } = await import("../../packages/emulator/dist/index.js");
const { createCos } = await import("../../packages/node/dist/index.js");
const folder = await mkdtemp(join(tmpdir(), "cosup-slow-line-"));
const parts = watchParts();
const emulator = await startEmulator({
  data: join(folder, "cos"),
  buckets: [BUCKET, "spare-1250000000"],
  credentials: [KEYS],
  middleware: [parts.watch],
});
const line = await startLine();
const source = join(folder, "source.bin");
const bytes = Buffer.alloc(size, "a slow line carries every byte once; ");
await writeFile(source, bytes);

const started = performance.now();
const exitCode = await upload();
const seconds = (performance.now() - started) / 1000;
const ownSeconds = size / bytesPerSecond;
const carried = await line.carried();
const observer = createCos({
  SecretId: KEYS.secretId,
  SecretKey: KEYS.secretKey,
  Endpoint: `${emulator.url}/{Bucket}`,
});
const { ContentLength } = await observer.headObject({ Bucket: BUCKET, Key: "slow" });
await observer.close();

const verdicts = [
  [`exit code ${exitCode}, ${ContentLength} bytes stored`, exitCode === 0 && ContentLength === size],
  [
    `${seconds.toFixed(0)} s, ${(seconds / ownSeconds).toFixed(3)} x the line's own time (at most 1.2)`,
    seconds <= 1.2 * ownSeconds,
  ],
  [
    `${carried} bytes on the wire, ${(carried / size).toFixed(3)} x the object (at most 1.1)`,
    carried <= 1.1 * size,
  ],
  [
    `${parts.acknowledged.size} parts acknowledged, ${parts.repeated} of them sent again (at most 0)`,
    parts.repeated === 0,
  ],
];
console.log(`${runtime}: ${mebibytes} MiB at ${kilobytes} KB/s`);
for (const [text, ok] of verdicts) console.log(`${ok ? "ok    " : "not ok"} ${text}`);
line.close();
await emulator.close();
await rm(folder, { recursive: true, force: true });
process.exitCode = verdicts.every(([, ok]) => ok) ? 0 : 1;

/** Counts the parts that are sent again after their acknowledgement. */
function watchParts() {
  const acknowledged = new Set();
  const counts = { acknowledged, repeated: 0 };
  return Object.assign(counts, {
    watch: async (call, next) => {
      if (call.operation !== "UploadPart") return next();
      const number = call.query.get("partNumber");
      if (acknowledged.has(number)) counts.repeated += 1;
      const response = await next();
      acknowledged.add(number);
      console.log(`part ${number} after ${((performance.now() - started) / 1000).toFixed(0)} s`);
      return response;
    },
  });
}

async function startLine() {
  const script = fileURLToPath(new URL("throttle.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, String(emulator.port), String(bytesPerSecond)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const port = Number((await lines.next()).value);
  return {
    port,
    carried: async () => {
      child.stdin.write("\n");
      return Number((await lines.next()).value);
    },
    close: () => child.stdin.end(),
  };
}

async function upload() {
  const env = {
    ...process.env,
    COS_SECRET_ID: KEYS.secretId,
    COS_SECRET_KEY: KEYS.secretKey,
    COS_REGION: "ap-guangzhou",
    COS_ENDPOINT: `http://127.0.0.1:${line.port}/{Bucket}`,
    COSUP_STATE_DIR: join(folder, "state"),
  };
  const command =
    runtime === "deno"
      ? [
          binaries.deno,
          "run",
          "--allow-all",
          fileURLToPath(new URL("upload.deno.ts", import.meta.url)),
          source,
        ]
      : [process.execPath, join(root, "packages/cli/bin/cosup.js"), "cp", source, `cos://${BUCKET}/slow`];
  const child = spawn(command[0], command.slice(1), {
    stdio: ["ignore", "inherit", "inherit"],
    env,
    cwd: root,
  });
  const [code] = await once(child, "exit");
  return code;
}
