import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const BUCKET = "limits-1250000000";
const LOOKS_AT_ONCE = 16;

/**
 * @typedef {object} Emulator
 * @property {string} endpoint as `createCos` and `--endpoint` take it
 * @property {string} bucket
 * @property {string} folder for the files of a row; gone with the emulator
 * @property {(operation: string) => Promise<number>} countOf requests that it has received
 * @property {(wanted: Map<string, Stored>) => Promise<void>} verify checks that it stores these objects
 * @typedef {{ size: number, crc64: string }} Stored
 */

/**
 * Runs `work` with a new emulator, and closes it in any case.
 * @template T
 * @param {(emulator: Emulator) => Promise<T>} work
 * @param {object[]} [faults] a fault script for all requests
 * @returns {Promise<T>}
 */
export async function withEmulator(work, faults) {
  const folder = await mkdtemp(join(tmpdir(), "cosup-limits-"));
  const logFile = join(folder, "requests.log");
  const script = fileURLToPath(new URL("./emulator-child.mjs", import.meta.url));
  const options = JSON.stringify({ data: join(folder, "data"), logFile, faults });
  const child = spawn(process.execPath, [script, options], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "exit");
  try {
    const [first] = await once(child.stdout, "data");
    const origin = `http://127.0.0.1:${String(first).trim()}`;
    return await work({
      endpoint: `${origin}/{Bucket}`,
      bucket: BUCKET,
      folder,
      countOf: async (operation) => {
        const lines = (await readFile(logFile, "utf8")).split("\n");
        return lines.filter((line) => line.split(" ")[1] === operation).length;
      },
      verify: (wanted) => verify(origin, wanted),
    });
  } finally {
    child.stdin.end();
    await ended;
    await rm(folder, { recursive: true });
  }
}

/**
 * Compares the size and CRC64 of every object, which the emulator computed from the received bytes.
 * @param {string} origin
 * @param {Map<string, Stored>} wanted by key
 */
async function verify(origin, wanted) {
  const agent = new Agent({ keepAlive: true, maxSockets: LOOKS_AT_ONCE });
  const waiting = wanted.entries();
  const loop = async () => {
    for (const [key, { size, crc64 }] of waiting) {
      const headers = await head(`${origin}/${BUCKET}/${key}`, agent);
      const found = `${headers["content-length"]} bytes, CRC64 ${headers["x-cos-hash-crc64ecma"]}`;
      if (found !== `${size} bytes, CRC64 ${crc64}`)
        throw new Error(`${key}: ${found} in COS; the source has ${size} bytes, CRC64 ${crc64}`);
    }
  };
  await Promise.all(Array.from({ length: LOOKS_AT_ONCE }, loop));
  agent.destroy();
}

/**
 * @param {string} url
 * @param {Agent} agent
 * @returns {Promise<import("node:http").IncomingHttpHeaders>}
 */
function head(url, agent) {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method: "HEAD", agent }, (response) => {
      response.resume();
      if (response.statusCode === 200) resolve(response.headers);
      else reject(new Error(`HEAD ${url}: ${response.statusCode}`));
    });
    sent.on("error", reject);
    sent.end();
  });
}
