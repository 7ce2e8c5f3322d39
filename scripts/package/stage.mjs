// Packs what users get. A folder of packages/ serves this repository as well: its `exports` lead to sources, its scripts
// build it, its files refer to source maps. The folders that are packed and published have none of these.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "../bootstrap.mjs";
import { publishOrder } from "./publish-order.mjs";
import { billOfMaterials } from "./sbom.mjs";

/** The bill of materials in each package. */
const SBOM = "sbom.cdx.json";

/**
 * @typedef {object} Packed
 * @property {string} name of the package
 * @property {string} folder what is published
 * @property {string} tarball path of the file
 */

/**
 * Packs every package, which must be built.
 * @param {string} out an empty folder
 * @returns {Packed[]} in the order of publishing
 */
export function packAll(out) {
  const staged = publishOrder().map((directory) => stage(directory, join(out, directory)));
  mkdirSync(join(out, "tarballs"));
  const packed = npm(["pack", "--json", "--pack-destination", join(out, "tarballs"), ...staged]);
  return staged.map((folder) => {
    const { name } = manifestOf(folder);
    const { filename } = packed.find((/** @type {{ name: string }} */ each) => each.name === name);
    return { name, folder, tarball: join(out, "tarballs", filename) };
  });
}

/** Copies the files of a package as users get them. @returns {string} the folder */
function stage(/** @type {string} */ directory, /** @type {string} */ target) {
  const source = `${root}packages/${directory}`;
  const [{ files }] = npm(["pack", "--dry-run", "--ignore-scripts", "--json", source]);
  for (const { path } of files) {
    const to = join(target, path);
    mkdirSync(dirname(to), { recursive: true });
    cpSync(join(source, path), to);
    if (/\.c?js$/.test(path)) writeFileSync(to, withoutMap(readFileSync(to, "utf8")));
  }
  const { scripts: _, devDependencies: __, ...manifest } = manifestOf(source);
  const published = { ...manifest, files: [...manifest.files, SBOM] };
  writeFileSync(join(target, "package.json"), `${JSON.stringify(published, withoutSources, 2)}\n`);
  const bill = billOfMaterials(manifest, bundledIn(source));
  writeFileSync(join(target, SBOM), `${JSON.stringify(bill, undefined, 2)}\n`);
  return target;
}

function bundledIn(/** @type {string} */ folder) {
  const list = join(folder, "dist/bundled.json");
  return existsSync(list) ? JSON.parse(readFileSync(list, "utf8")).packages : [];
}

/** For JSON: leaves out the paths of sources in `exports`. */
function withoutSources(/** @type {string} */ key, /** @type {unknown} */ value) {
  return key === "source" ? undefined : value;
}

/**
 * Source maps stay on this machine: they are three quarters of the size, and a stack trace has the names of functions
 * without them.
 */
function withoutMap(/** @type {string} */ text) {
  const at = text.lastIndexOf("\n//# sourceMappingURL=");
  return at < 0 ? text : `${text.slice(0, at)}\n`;
}

function manifestOf(/** @type {string} */ folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}

/** Runs npm and reads its JSON: an array for some of its versions, an object by names for others. */
function npm(/** @type {string[]} */ words) {
  const { status, stdout, stderr } = spawnSync("npm", words, {
    encoding: "utf8",
    env: { ...process.env, npm_config_update_notifier: "false" },
    shell: process.platform === "win32",
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`npm ${words[0]} failed: ${stderr}`);
  return Object.values(JSON.parse(stdout));
}
