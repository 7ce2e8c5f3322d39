// A folder is uploaded again and again while another process keeps exchanging one of its folders with a link to a
// directory outside, there and back: `node test/directories/exchanger.mjs [SECONDS] [node|deno|deno-read …]`. Counts
// what was uploaded that lies outside; exits 1 when it was anything in Node or in Deno with --allow-all. Only the
// tests' own folders are touched.
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startEmulator } from "@cosup/emulator";
import { binaries, ensureRuntimes } from "../../tools/runtimes/install.mjs";

const BUCKET = "race-1250000000";
const FILES = 20;

if (process.argv[2] === "exchange") exchangeForEver(process.argv[3]);
else process.exitCode = await main(Number(process.argv[2] ?? 60), process.argv.slice(3));

async function main(seconds, chosen) {
  const folder = mkdtempSync(join(tmpdir(), "cosup-exchange-"));
  const root = fill(folder);
  const emulator = await startEmulator({
    data: join(folder, "cos"),
    buckets: [BUCKET, "spare-1250000000"],
    credentials: [{ secretId: "id", secretKey: "key" }],
  });
  const exchanger = spawn(process.execPath, [fileURLToPath(import.meta.url), "exchange", folder], {
    stdio: "inherit",
  });
  let failed = false;
  try {
    for (const runtime of chosen.length > 0 ? chosen : ["node", "deno", "deno-read"]) {
      const endpoint = `http://127.0.0.1:${emulator.port}/{Bucket}`;
      const counts = await uploadFor(seconds, runtime, root, endpoint);
      console.log(JSON.stringify({ runtime, seconds, ...counts }));
      if (counts.uploaded === 0) throw new Error(`${runtime} uploaded nothing`);
      failed ||= counts.outside > 0 && runtime !== "deno-read";
    }
  } finally {
    exchanger.kill("SIGKILL");
    await emulator.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return failed ? 1 : 0;
}

/** The folder to upload, and the one outside, with files of the same names and one more. */
function fill(folder) {
  const [root, outside] = [join(folder, "root"), join(folder, "outside")];
  mkdirSync(join(root, "sub/deep"), { recursive: true });
  mkdirSync(join(outside, "deep"), { recursive: true });
  for (let index = 0; index < FILES; index += 1) {
    for (const below of ["", "deep/"]) {
      writeFileSync(join(root, "sub", `${below}${index}`), "inside");
      writeFileSync(join(outside, `${below}${index}`), "outside");
    }
  }
  writeFileSync(join(outside, "private"), "outside");
  symlinkSync(outside, join(folder, "link"));
  return root;
}

function exchangeForEver(folder) {
  const at = (name) => join(folder, name);
  // Killed by its parent, and ends with it.
  for (const parent = process.ppid; process.ppid === parent; ) {
    for (let round = 0; round < 1_000; round += 1) {
      renameSync(at("root/sub"), at("kept"));
      renameSync(at("link"), at("root/sub"));
      pause();
      renameSync(at("root/sub"), at("link"));
      renameSync(at("kept"), at("root/sub"));
      pause();
    }
  }
}

/** A random pause up to 200 µs, so that it does not stay in step with the uploader. */
function pause() {
  const end = performance.now() + Math.random() * 0.2;
  while (performance.now() < end);
}

function uploadFor(seconds, runtime, root, endpoint) {
  const script = fileURLToPath(new URL("exchanged-upload.mjs", import.meta.url));
  const job = JSON.stringify({ seconds, root, endpoint, bucket: BUCKET });
  const [program, flags] = commandOf(runtime, root, endpoint);
  const child = spawn(program, [...flags, script, job], { stdio: ["ignore", "pipe", "inherit"] });
  let text = "";
  child.stdout.setEncoding("utf8").on("data", (chunk) => {
    text += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on("close", (code) => {
      if (code === 0) resolve(JSON.parse(text));
      else reject(new Error(`${runtime} ended with ${code}`));
    });
  });
}

function commandOf(runtime, root, endpoint) {
  if (runtime === "node") return [process.execPath, []];
  if (!ensureRuntimes()) throw new Error("Deno could not be installed");
  const { host } = new URL(endpoint.replace("/{Bucket}", ""));
  const flags = runtime === "deno" ? ["--allow-all"] : [`--allow-read=${root}`, `--allow-net=${host}`];
  return [binaries.deno, ["run", "--no-prompt", ...flags]];
}
