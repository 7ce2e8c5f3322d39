import { existsSync, readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { cpus, totalmem } from "node:os";
import { resultsFolder } from "./paths.mjs";

/** Saves the result of a bench with the versions and the machine that it was measured with. @param {string} name @param {import("./context.mjs").Context} context @param {import("../benches/index.mjs").Outcome} outcome */
export async function saveResult(name, context, { figures, detail }) {
  await mkdir(resultsFolder, { recursive: true });
  const result = { bench: name, scale: context.scale, machine: machine(), figures, detail };
  await writeFile(`${resultsFolder}${name}.json`, `${JSON.stringify(result, undefined, 2)}\n`);
}

/** Loads a saved result; undefined if there is none. @param {string} name @returns {Promise<any>} */
export async function loadResult(name) {
  const file = `${resultsFolder}${name}.json`;
  return existsSync(file) ? JSON.parse(await readFile(file, "utf8")) : undefined;
}

function machine() {
  return {
    date: new Date().toISOString().slice(0, 10),
    cpu: cpus()[0]?.model.trim(),
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 1024 ** 3),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    packages: Object.fromEntries(
      ["undici", "cos-nodejs-sdk-v5", "hash-wasm", "assemblyscript"].map((name) => [name, versionOf(name)]),
    ),
  };
}

/** @param {string} name @returns {string} */
function versionOf(name) {
  const require = createRequire(import.meta.url);
  for (const folder of require.resolve.paths(name) ?? []) {
    const file = `${folder}/${name}/package.json`;
    if (existsSync(file)) return JSON.parse(readFileSync(file, "utf8")).version;
  }
  return "not installed";
}
