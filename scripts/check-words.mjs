// Checks the words of all tracked texts: code, comments, documents, tests, scripts. Prints each place with a word that
// `words.mjs` does not want and the word used instead; exits 1 when there is one. `check-words.mjs PATH…` reads these
// files or folders only, those that are not clean yet included.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findWords, isBelow, NOT_OURS, PENDING } from "./words.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const given = process.argv.slice(2).map((path) => path.replace(/^\.\/|\/$/g, ""));

const tracked = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0");
const paths = tracked
  .filter((path) => path !== "" && !isBelow(path, NOT_OURS))
  .filter((path) => (given.length > 0 ? isBelow(path, given) : !isBelow(path, PENDING)));

let found = 0;
for (const path of paths) {
  for (const { line, word, use } of findWords(path, textOf(path))) {
    console.error(`${path}:${line}  "${word}": ${use}`);
    found += 1;
  }
}
console.log(`words: ${found} to replace in ${paths.length} files`);
process.exit(found === 0 ? 0 : 1);

/** Empty for a file that git tracks and that is removed. @param {string} path */
function textOf(path) {
  try {
    return readFileSync(root + path, "utf8");
  } catch {
    return "";
  }
}
