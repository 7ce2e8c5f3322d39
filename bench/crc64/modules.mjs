// The WASM modules and the native addon that are compared. They are built on demand into bench/.cache and bench/peers.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import asc from "assemblyscript/asc";
import { createCRC64 } from "hash-wasm";
import { benchFolder, cacheFolder } from "../harness/paths.mjs";

const run = promisify(execFile);

/** Compiles slicing by 16 with the options of core-as. */
export async function slicing16File() {
  await mkdir(cacheFolder, { recursive: true });
  const file = `${cacheFolder}slicing16.wasm`;
  const args = ["--config", "asconfig.json", "--baseDir", `${benchFolder}assembly`, "--outFile", file];
  const { error, stderr } = await asc.main(args);
  if (error) throw new Error(`slicing16: ${error.message}\n${stderr}`);
  return file;
}

/** hash-wasm embeds its WASM in JavaScript; this captures the bytes that it passes to the compiler. */
export async function hashWasmFile() {
  await mkdir(cacheFolder, { recursive: true });
  const file = `${cacheFolder}hash-wasm.wasm`;
  const compile = WebAssembly.compile;
  let bytes = new Uint8Array(0);
  WebAssembly.compile = (source) => {
    bytes = new Uint8Array(/** @type {ArrayBuffer} */ (source)).slice();
    return compile(source);
  };
  try {
    await createCRC64();
  } finally {
    WebAssembly.compile = compile;
  }
  if (bytes.length > 0) await writeFile(file, bytes);
  if (!existsSync(file)) throw new Error("hash-wasm compiled no WASM that could be captured");
  return file;
}

/**
 * Installs the native addon from its lockfile and compiles it.
 * @returns {Promise<{ file: string } | { missing: string }>}
 */
export async function addonFile() {
  const folder = `${benchFolder}peers/`;
  const file = `${folder}node_modules/crc64-ecma182/crc64_ecma182.js`;
  try {
    if (!existsSync(file)) await run("npm", ["ci"], { cwd: folder });
    if (!existsSync(`${dirname(file)}/build/Release/crc64_ecma182.node`)) {
      await run("npm", ["rebuild", "crc64-ecma182", "--ignore-scripts=false"], {
        cwd: folder,
        // Most installations of Node contain its headers; without this, node-gyp would download them.
        env: { ...process.env, ...localHeaders() },
      });
    }
    createRequire(import.meta.url)(file);
    return { file };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { missing: `crc64-ecma182 could not be built: ${reason.split("\n")[0]}` };
  }
}

/** @returns {Record<string, string>} */
function localHeaders() {
  const root = fileURLToPath(new URL("..", `file://${process.execPath}`));
  return existsSync(`${root}include/node/node.h`) ? { npm_config_nodedir: root } : {};
}
