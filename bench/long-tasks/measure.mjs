// node bench/long-tasks/measure.mjs: how long an upload keeps the main thread of a page busy, in headless Chromium. Writes the
// figure to docs/browser.md. Measure on a quiet machine: a task that waits for a processor counts as long.
import { spawn } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { json } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { startEmulator } from "../../packages/emulator/dist/index.js";
import { CHROMIUM, chromiumEnvironment, chromiumFlags } from "../../tools/runtimes/start-chromium.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const DOCUMENT = new URL("../../docs/browser.md", import.meta.url);
const Bucket = "pages-1250000000";
const KEYS = { SecretId: "ID", SecretKey: "KEY" };

const home = await mkdtemp(join(tmpdir(), "cosup-long-tasks-"));
const emulator = await startEmulator({
  data: join(home, "cos"),
  buckets: [Bucket],
  cors: true,
  credentials: [{ secretId: KEYS.SecretId, secretKey: KEYS.SecretKey }],
});
const { promise: measured, resolve, reject } = Promise.withResolvers?.() ?? withResolvers();
const server = await servePage();
const url = `http://127.0.0.1:${server.address().port}/`;
const browser = spawn(
  CHROMIUM,
  ["--headless", ...chromiumFlags(), `--user-data-dir=${join(home, "profile")}`, url],
  {
    env: chromiumEnvironment(home),
    stdio: "ignore",
  },
);
browser.on("error", reject);
const exited = new Promise((done) => browser.on("exit", done));
exited.then(() => reject(new Error("chromium ended")));
try {
  const result = await measured;
  console.log(result);
  await write(result);
} finally {
  browser.kill();
  await exited;
  server.close();
  server.closeAllConnections();
  await emulator.close();
  await rm(home, { recursive: true, force: true, maxRetries: 10 });
}

function withResolvers() {
  const parts = {};
  parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }));
  return parts;
}

/** Without a debugger: the page posts what it measured. */
async function servePage() {
  const { outputFiles } = await build({
    entryPoints: [`${here}page.mjs`],
    bundle: true,
    write: false,
    format: "esm",
    target: "es2022",
    platform: "browser",
    logLevel: "error",
  });
  const settings = { Endpoint: `${emulator.url}/{Bucket}`, Bucket, ...KEYS };
  const html = `<!doctype html><script>settings = ${JSON.stringify(settings)}</script><script type="module" src="/page.js"></script>`;
  const server = createServer(async (request, response) => {
    const isScript = request.url === "/page.js";
    response.setHeader("content-type", isScript ? "text/javascript" : "text/html");
    if (request.method === "POST") resolve(await json(request));
    response.end(isScript ? outputFiles[0].text : html);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return server;
}

async function write({ bytes, tasks, version }) {
  const [longest = 0] = tasks.map(Math.round).sort((one, other) => other - one);
  const found =
    tasks.length === 0
      ? "no task of 50 ms or more"
      : `${tasks.length} tasks of 50 ms or more, the longest ${longest} ms`;
  const place = `${cpus()[0]?.model}, ${cpus().length} cores, Chromium ${version}, ${new Date().toISOString().slice(0, 10)}`;
  const line = `An upload of ${Math.round(bytes / 1024 ** 2)} MiB in parts of 8 MiB: ${found} (${place}).`;
  const text = await readFile(DOCUMENT, "utf8");
  const written = text.replace(/(<!-- long tasks -->\n)[\s\S]*?(<!-- end -->)/, `$1\n${line}\n\n$2`);
  await writeFile(DOCUMENT, written);
}
