// node packages/console/test/measure.mjs: what the page weighs, when it is first painted on loopback, and how many frames a
// map of 10,000 parts has while the parts arrive. Uses what is built, and Debian's chromium.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { Agent, createServer, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { startEmulator } from "@cosup/emulator";
import { chromium } from "playwright-core";
import { CHROMIUM, chromiumEnvironment, chromiumFlags } from "../../../tools/runtimes/start-chromium.mjs";

const PARTS = 10_000;
const LOADS = 20;
const AT_ONCE = 16;
const BUCKET = "demo-1250000000";
const dist = fileURLToPath(new URL("../../emulator/dist/console/", import.meta.url));

for (const name of readdirSync(dist)) {
  const bytes = readFileSync(dist + name);
  console.log(`${name.padEnd(28)} ${kib(bytes.length)}, gzipped ${kib(gzipSync(bytes).length)}`);
}
const all = readdirSync(dist).reduce((sum, name) => sum + gzipSync(readFileSync(dist + name)).length, 0);
console.log(`all files                    gzipped ${kib(all)}`);

const home = mkdtempSync(join(tmpdir(), "cosup-console-"));
const emulator = await startEmulator({ anonymous: true, minPartSize: 0 });
const context = await chromium.launchPersistentContext(join(home, "profile"), {
  executablePath: CHROMIUM,
  env: chromiumEnvironment(home),
  args: chromiumFlags(),
});
await measurePaint();
await measureFrames();
await context.close();
await emulator.close();
rmSync(home, { recursive: true, force: true, maxRetries: 10 });

/** In turn with a page of one sentence, which shows what the browser itself takes. */
async function measurePaint() {
  const bare = createServer((_, response) =>
    response.setHeader("content-type", "text/html").end("<p>hello</p>"),
  );
  await new Promise((resolve) => bare.listen(0, "127.0.0.1", () => resolve(undefined)));
  const pages = [
    { name: "the console", url: emulator.consoleUrl ?? "", paints: [] },
    { name: "a bare page", url: `http://127.0.0.1:${bare.address().port}/`, paints: [] },
  ];
  for (let load = 0; load < LOADS; load += 1) {
    for (const { url, paints } of pages) paints.push(await paintOf(url));
  }
  for (const { name, paints } of pages) {
    paints.sort((a, b) => a - b);
    console.log(
      `first paint of ${name}, ${LOADS} reloads: median ${ms(paints[LOADS / 2])}, best ${ms(paints[0])}, worst ${ms(paints.at(-1))}`,
    );
  }
  bare.close();
}

/** @param {string} url */
async function paintOf(url) {
  const page = await context.newPage();
  await page.goto(url);
  // The second load: the process of the page has started.
  await page.reload();
  const paint = await page.evaluate(
    () =>
      new Promise((resolve) => {
        const seen = (entry) => entry.name === "first-contentful-paint" && resolve(entry.startTime);
        new PerformanceObserver((list) => list.getEntries().forEach(seen)).observe({
          type: "paint",
          buffered: true,
        });
      }),
  );
  await page.close();
  return paint;
}

/** Uploads 10,000 parts while the page shows their map, and counts its frames. */
async function measureFrames() {
  const uploadId = /<UploadId>([^<]+)/.exec(await send("POST", "map?uploads"))?.[1] ?? "";
  const page = await context.newPage();
  await page.goto(`${emulator.consoleUrl}#/uploads`);
  await page.locator("canvas").waitFor();
  await page.evaluate(() => {
    const frames = [];
    globalThis.frames10k = frames;
    const count = (at) => {
      frames.push(at);
      requestAnimationFrame(count);
    };
    requestAnimationFrame(count);
  });
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const began = performance.now();
  let next = 1;
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next <= PARTS) {
        const partNumber = next;
        next += 1;
        await send("PUT", `map?partNumber=${partNumber}&uploadId=${uploadId}`, "x", agent);
      }
    }),
  );
  await page.locator(`canvas[aria-label*="${PARTS} are stored"]`).waitFor();
  const took = performance.now() - began;
  const frames = await page.evaluate(() => globalThis.frames10k);
  const gaps = frames
    .slice(1)
    .map((at, index) => at - frames[index])
    .sort((a, b) => a - b);
  const rate = (frames.length - 1) / ((frames.at(-1) - frames[0]) / 1000);
  const late = gaps.filter((gap) => gap > 1000 / 30).length;
  console.log(
    `${PARTS} parts in ${(took / 1000).toFixed(1)} s: ${frames.length} frames, ${rate.toFixed(1)} a second; ` +
      `gap median ${ms(gaps[gaps.length >> 1])}, 99th ${ms(gaps[Math.floor(gaps.length * 0.99)])}, longest ${ms(gaps.at(-1))}; ` +
      `${late} longer than two frames`,
  );
  agent.destroy();
  await page.close();
}

/** @param {string} method @param {string} target @param {string} [body] @param {Agent} [agent] @returns {Promise<string>} */
function send(method, target, body, agent) {
  return new Promise((resolve, reject) => {
    const { port } = emulator;
    const headers = { "content-length": Buffer.byteLength(body ?? "") };
    const sent = request(
      { host: "127.0.0.1", port, method, path: `/${BUCKET}/${target}`, headers, agent },
      (response) => {
        let text = "";
        response.on("data", (chunk) => {
          text += chunk;
        });
        response.on("end", () => resolve(text));
      },
    );
    sent.on("error", reject).end(body);
  });
}

/** @param {number} bytes */
function kib(bytes) {
  return `${(bytes / 1024).toFixed(1)} KiB`;
}

/** @param {number | undefined} value */
function ms(value) {
  return `${(value ?? Number.NaN).toFixed(1)} ms`;
}
