import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { cpus, totalmem } from "node:os";
import { resultsFolder } from "./paths.mjs";

/** Saves the result of a bench with the versions and the machine that it was measured with. @param {string} name @param {import("./context.mjs").Context} context @param {import("../benches/index.mjs").Outcome} outcome */
export async function saveResult(name, context, { figures, detail }) {
  const result = { bench: name, scale: context.scale, machine: machine(), figures, detail };
  const folder = `${resultsFolder}${folderOf(result.machine.cpu)}/`;
  await mkdir(folder, { recursive: true });
  await writeFile(`${folder}${name}.json`, `${JSON.stringify(result, undefined, 2)}\n`);
}

/**
 * Loads the results of a bench: the last one of each model of CPU, the newest first.
 * @param {string} name
 * @returns {Promise<any[]>}
 */
export async function loadResults(name) {
  const files = readdirSync(resultsFolder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => `${resultsFolder}${entry.name}/${name}.json`)
    .filter((file) => existsSync(file));
  const results = await Promise.all(files.map(async (file) => JSON.parse(await readFile(file, "utf8"))));
  return results.sort((one, other) => (one.machine.date < other.machine.date ? 1 : -1));
}

/** `AMD EPYC 7B13` is `amd-epyc-7b13`. @param {string} [model] */
export function folderOf(model = "unknown CPU") {
  return model
    .toLowerCase()
    .replaceAll(/\((?:r|tm)\)/g, "")
    .replaceAll(/[^a-z\d]+/g, "-")
    .replaceAll(/^-|-$/g, "");
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
