// The declaration files of a package: only those that its entries reach, with the specifiers that every resolution
// knows, and once more for CommonJS.
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/** A relative specifier of an import, an export or a type: what is before it, and its path without the ending. */
const SPECIFIER = /(\bfrom |\bimport\(|\bimport )"(\.{1,2}\/[^"\n]*?)\.(?:ts|js)"/g;

/**
 * What a new array is since TypeScript 5.7, in words that earlier versions know: for them `Uint8Array` is not generic.
 */
const FRESH_BYTES = 'ReturnType<Uint8ArrayConstructor["from"]>';

/**
 * @param {string} folder with the declarations
 * @param {Readonly<Record<string, unknown>>} exports of package.json
 */
export function finishTypes(folder, exports) {
  const entries = [...JSON.stringify(exports).matchAll(/"\.\/([^"]+\.d\.ts)"/g)].map(([, path = ""]) => path);
  const needsCommonJs = /\.d\.cts"/.test(JSON.stringify(exports));
  const reached = reachable(entries.map(normalize));
  for (const name of readdirSync(folder, { recursive: true })) {
    const file = join(folder, String(name));
    if (statSync(file).isDirectory()) continue;
    if (!reached.has(file)) {
      rmSync(file);
      continue;
    }
    const text = readFileSync(file, "utf8").replaceAll("Uint8Array<ArrayBuffer>", FRESH_BYTES);
    writeFileSync(file, text.replace(SPECIFIER, '$1"$2.js"'));
    if (needsCommonJs) writeFileSync(file.replace(/ts$/, "cts"), text.replace(SPECIFIER, '$1"$2.cjs"'));
  }
  removeEmptyFolders(folder);
}

/** @param {readonly string[]} entries @returns {Set<string>} the files that they reach, themselves among them */
function reachable(entries) {
  const reached = new Set(entries);
  for (const file of reached) {
    for (const [, , path = ""] of readFileSync(file, "utf8").matchAll(SPECIFIER)) {
      const target = join(dirname(file), `${path}.d.ts`);
      if (!existsSync(target)) throw new Error(`${file} refers to ${target}, which is not there`);
      reached.add(target);
    }
  }
  return reached;
}

/** @param {string} folder */
function removeEmptyFolders(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const path = join(folder, entry.name);
    removeEmptyFolders(path);
    if (readdirSync(path).length === 0) rmdirSync(path);
  }
}
