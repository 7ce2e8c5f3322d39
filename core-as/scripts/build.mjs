// Builds dist/cosup.wasm from assembly/. `--update-hash` also records its SHA-256 in cosup.wasm.sha256, with
// which the tests compare every later build.

import { createHash, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const packageFolder = resolve(dirname(fileURLToPath(import.meta.url)), "..");

/** Where the build goes. */
export const wasmFile = join(packageFolder, "dist", "cosup.wasm");

/** The file with the hash of the reviewed build. */
export const hashFile = join(packageFolder, "cosup.wasm.sha256");

/**
 * Compiles the folder that holds asconfig.json and assembly/, writes `outFile` and returns its bytes.
 * @param {string} outFile
 * @param {string} [sourceFolder]
 * @returns {Promise<Buffer>}
 */
export async function build(outFile = wasmFile, sourceFolder = packageFolder) {
  await mkdir(dirname(outFile), { recursive: true });
  // Written to a temporary name and renamed, so that a process that reads it meanwhile never sees half a module.
  const unfinished = `${outFile}.${randomUUID()}`;
  const args = ["--config", "asconfig.json", "--baseDir", sourceFolder, "--outFile", unfinished];
  const { error, stdout, stderr } = await asc.main(args);
  if (error) throw new Error(`assemblyscript: ${error.message}\n${stdout}${stderr}`);

  const bytes = await readFile(unfinished);
  const imports = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
  if (imports.length > 0) {
    const names = imports.map(({ module, name }) => `${module}.${name}`).join(", ");
    throw new Error(`cosup.wasm must import nothing, but imports ${names}`);
  }
  await rename(unfinished, outFile);
  return bytes;
}

/**
 * @param {Uint8Array} bytes
 * @returns {string} hexadecimal
 */
export function sha256(bytes) {
  return createHash("sha256").update(bytes).digest("hex");
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const bytes = await build();
  const hash = sha256(bytes);
  console.log(`dist/cosup.wasm  ${bytes.length} bytes, no imports, sha256 ${hash}`);
  if (process.argv.includes("--update-hash")) {
    await writeFile(hashFile, `${hash}  cosup.wasm\n`);
    console.log("cosup.wasm.sha256 updated");
  }
}
