import { spawn } from "node:child_process";
import { once } from "node:events";
import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { benchFolder, cacheFolder, coreFile } from "../harness/paths.mjs";
import { hashWasmFile, slicing16File } from "./modules.mjs";

const folder = `${cacheFolder}workerd/`;

/** Copies the Worker and its modules into the folder that workerd embeds them from. */
export async function prepareWorker() {
  await mkdir(folder, { recursive: true });
  for (const name of ["measure.mjs", "subjects.mjs", "worker.mjs"]) {
    await copyFile(`${benchFolder}crc64/${name}`, `${folder}${name}`);
  }
  await copyFile(coreFile, `${folder}cosup.wasm`);
  await copyFile(await slicing16File(), `${folder}slicing16.wasm`);
  await copyFile(await hashWasmFile(), `${folder}hash-wasm.wasm`);
}

/**
 * Runs one measurement in a fresh workerd.
 * @param {string} program
 * @param {object} options
 * @returns {Promise<{ sizes: { size: number, bytesPerSecond: number, crc64: string }[] }>}
 */
export async function measureInWorkerd(program, options) {
  const port = await freePort();
  await writeFile(`${folder}config.capnp`, configuration(port));
  // detached creates a process group: the program may be a script that starts workerd, and a signal must reach both.
  const child = spawn(program, ["serve", `${folder}config.capnp`], {
    stdio: ["ignore", "ignore", "pipe"],
    detached: true,
  });
  const stop = () => {
    if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) {
      process.kill(-child.pid);
    }
  };
  process.once("exit", stop);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text) => {
    stderr += text;
  });
  const gone = once(child, "exit").then(() => {
    throw new Error(`workerd ended: ${stderr.slice(-2000)}`);
  });
  try {
    const response = await Promise.race([post(port, options), gone]);
    if (!response.ok) throw new Error(`workerd responded with ${response.status}: ${stderr.slice(-2000)}`);
    return /** @type {any} */ (await response.json());
  } finally {
    gone.catch(() => {});
    stop();
    process.off("exit", stop);
  }
}

/** Retries the request until workerd listens. @param {number} port @param {object} options */
async function post(port, options) {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body: JSON.stringify(options) });
    } catch (error) {
      if (attempt === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  server.close();
  await once(server, "close");
  return port;
}

/** @param {number} port */
function configuration(port) {
  const script = (/** @type {string} */ name) => `(name = "${name}", esModule = embed "${name}")`;
  const wasm = (/** @type {string} */ name) => `(name = "${name}", wasm = embed "${name}")`;
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .bench)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const bench :Workerd.Worker = (
  modules = [${["worker.mjs", "measure.mjs", "subjects.mjs"].map(script).join(", ")},
    ${["cosup.wasm", "slicing16.wasm", "hash-wasm.wasm"].map(wasm).join(", ")}],
  compatibilityDate = "2026-01-01",
);
`;
}
