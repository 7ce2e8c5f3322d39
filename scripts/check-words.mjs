// Checks the words of all tracked texts: code, comments, documents, tests, scripts. Prints each place with a word of
// `words.mjs`, and the word used instead; exits 1 if there is one. `check-words.mjs PATH…` reads only these files or
// folders.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { findWords, isBelow, NOT_OURS } from "./words.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const given = process.argv.slice(2).map((path) => path.replace(/^\.\/|\/$/g, ""));

const tracked = execFileSync("git", ["ls-files", "-z"], { cwd: root, encoding: "utf8" }).split("\0");
const paths = tracked
  .filter((path) => path !== "" && !isBelow(path, NOT_OURS))
  .filter((path) => given.length === 0 || isBelow(path, given));

let found = 0;
for (const path of paths) {
  for (const { line, word, use } of findWords(path, textOf(path))) {
    console.error(`${path}:${line}  "${word}": ${use}`);
    found += 1;
  }
}
console.log(`words: ${found} to replace in ${paths.length} files`);
process.exit(found === 0 ? 0 : 1);

/** The text of a file; empty if it is tracked and removed. @param {string} path */
function textOf(path) {
  try {
    return readFileSync(root + path, "utf8");
  } catch {
    return "";
  }
}
