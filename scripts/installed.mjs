// Checks whether the installed packages of a folder match its lockfile.
import { existsSync, readFileSync } from "node:fs";

/**
 * npm lists the installed packages in node_modules/.package-lock.json, which is compared with the lockfile. Packages for
 * other platforms may be missing.
 * @param {string} folder with a trailing slash
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
