// Rehearses a release: `npm run rehearse` starts a registry on this machine, publishes every package there, and uploads
// with `npx cosup` in an empty folder to an emulator that npx starts too.
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ensureBuilt, ensureTools, root } from "./bootstrap.mjs";

const KEYS = { id: "rehearsal-id", key: "rehearsal-key" };
const BUCKET = "rehearsal-1250000000";
const VERSION = JSON.parse(readFileSync(`${root}package.json`, "utf8")).version;

await ensureBuilt();
ensureTools("registry");
const home = mkdtempSync(join(tmpdir(), "cosup-rehearsal-"));
const started = [];
try {
  const registry = await startRegistry();
  const settings = {
    npm_config_registry: registry,
    npm_config_cache: join(home, "npm-cache"),
    ...token(registry),
  };
  await finished(
    process.execPath,
    ["scripts/release.mjs", "--publish", `--registry=${registry}`],
    root,
    settings,
  );
  await uploadWithNpx(settings);
  console.log("rehearsal: published to a registry of this machine, installed by npx, uploaded, verified");
} finally {
  for (const child of started) child.kill();
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}

/** Verdaccio without accounts; what it does not have comes from the registry that npm uses otherwise. */
async function startRegistry() {
  const config = join(home, "verdaccio.yaml");
  const uplink = (await finished("npm", ["config", "get", "registry"], root)).trim();
  const anyone = "access: $all\n    publish: $all\n    unpublish: $all\n";
  writeFileSync(
    config,
    `storage: ${JSON.stringify(join(home, "storage"))}
uplinks:
  other:
    url: ${JSON.stringify(uplink)}
packages:
  "@cosup/*":
    ${anyone}
  cosup:
    ${anyone}
  "**":
    access: $all
    proxy: other
log: { type: stdout, format: json, level: http }
`,
  );
  const bin = `${root}tools/registry/node_modules/verdaccio/bin/verdaccio`;
  const port = await freePort();
  await begin(process.execPath, [bin, "--config", config, "--listen", `127.0.0.1:${port}`], /http address/);
  return `http://127.0.0.1:${port}/`;
}

/** Verdaccio does not tell which port the system gave it. @returns {Promise<number>} */
function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().listen(0, "127.0.0.1");
    server.on("error", reject).on("listening", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address !== null ? address.port : 0));
    });
  });
}

/** npm publishes with a token only; this registry takes any. */
function token(registry) {
  return { [`npm_config_//${new URL(registry).host}/:_authToken`]: "any" };
}

async function uploadWithNpx(settings) {
  const empty = join(home, "empty");
  mkdirSync(empty);
  const env = {
    ...settings,
    COS_SECRET_ID: KEYS.id,
    COS_SECRET_KEY: KEYS.key,
    COSUP_STATE_DIR: join(home, "state"),
  };
  const npx = ["--yes", `cosup@${VERSION}`];
  const keys = ["--secret-id", KEYS.id, "--secret-key", KEYS.key];
  const words = ["emulator", "--port", "0", "--data", join(home, "data"), "--bucket", BUCKET, ...keys];
  const listening = /listening on (http:\/\/127\.0\.0\.1:\d+)/;
  const [, url] = await begin("npx", [...npx, ...words], listening, empty, env);
  const bytes = randomBytes(25_000_000);
  writeFileSync(join(home, "file.bin"), bytes);
  const endpoint = ["--region", "ap-guangzhou", "--endpoint", `${url}/{Bucket}`];
  const target = `cos://${BUCKET}/file.bin`;
  const copied = await finished(
    "npx",
    [...npx, "cp", join(home, "file.bin"), target, "--json", ...endpoint],
    empty,
    env,
  );
  const stat = JSON.parse(await finished("npx", [...npx, "stat", target, "--json", ...endpoint], empty, env));
  const { crc64 } = JSON.parse(copied.split("\n").find((line) => line.includes('"type":"object"')) ?? "{}");
  if (stat.size !== bytes.length || stat.crc64 !== crc64)
    throw new Error(`COS holds ${JSON.stringify(stat)}`);
  console.log(
    `uploaded ${stat.size} bytes, SHA-256 ${createHash("sha256").update(bytes).digest("hex").slice(0, 12)}…`,
  );
}

/** Starts a program that keeps on running. @returns {Promise<RegExpExecArray>} the first line that matches */
function begin(command, words, pattern, cwd = home, env = {}) {
  const child = spawn(command, words, { cwd, env: environment(env), stdio: ["ignore", "pipe", "inherit"] });
  started.push(child);
  return new Promise((resolve, reject) => {
    child
      .on("error", reject)
      .on("exit", (code) => reject(new Error(`${command} ${words[0]} ended with ${code}`)));
    createInterface(child.stdout).on("line", (line) => {
      const match = pattern.exec(line);
      if (match !== null) resolve(match);
    });
  });
}

/** Runs a program to its end. @returns {Promise<string>} its output */
function finished(command, words, cwd, env = {}) {
  const child = spawn(command, words, { cwd, env: environment(env), stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (text) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject).on("close", (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`${[command, ...words].join(" ")} ended with ${code}\n${output}`));
    });
  });
}

function environment(own) {
  return {
    ...process.env,
    npm_config_update_notifier: "false",
    npm_config_audit: "false",
    NO_COLOR: "1",
    ...own,
  };
}
