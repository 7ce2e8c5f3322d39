// Whether a folder's packages are there as its lockfile has them.
import { existsSync, readFileSync } from "node:fs";

/**
 * npm writes what it has installed into node_modules/.package-lock.json; a changed lockfile makes it stale. Packages for
 * other platforms may be missing.
 * @param {string} folder with a slash at its end
 */
export function isInstalled(folder) {
  const installed = `${folder}node_modules/.package-lock.json`;
  if (!existsSync(installed)) return false;
  const have = JSON.parse(readFileSync(installed, "utf8")).packages;
  const want = JSON.parse(readFileSync(`${folder}package-lock.json`, "utf8")).packages;
  return Object.entries(want).every(([path, entry]) => {
    if (path === "" || entry.link || !path.includes("node_modules/")) return true;
    return have[path]?.version === entry.version || (entry.optional === true && have[path] === undefined);
  });
}
