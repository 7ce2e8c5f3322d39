// npm run count:adapters [-- COMMIT]: counts the source lines of packages/node and packages/deno, and what they are for.
//
// The rule: all lines, also comments and blank ones, of every .ts file but tests and tsup.config.ts. Of each line, git blame
// (without regard to white space, and followed through moves and copies) names the commit that wrote it. A commit in
// adapter-lines/purposes.mjs added its lines for something that the adapters could not do before BASE; those of every other
// commit are the adapter itself, which has to stay below LIMIT.
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { PURPOSES } from "./adapter-lines/purposes.mjs";

/** The commit that the limit was set on. It had 3,747 lines. */
const BASE = "832b9c2";
const LIMIT = 2900;

const root = fileURLToPath(new URL("..", import.meta.url));
const commit = process.argv[2] ?? "HEAD";

const purposeOf = new Map(
  Object.entries(PURPOSES).flatMap(([purpose, commits]) => commits.map((each) => [each, purpose])),
);
const before = filesOf(BASE).reduce((sum, file) => sum + linesOf(git("show", `${BASE}:${file}`)), 0);
const counts = new Map();
let total = 0;
let own = 0;
for (const file of filesOf(commit)) {
  for (const author of authorsOf(file)) {
    const purpose = purposeOf.get(author);
    total += 1;
    if (purpose === undefined) own += 1;
    else counts.set(purpose, (counts.get(purpose) ?? 0) + 1);
  }
}

console.log(`${BASE}: ${before} lines`);
console.log(`${commit}: ${total} lines`);
for (const [purpose, lines] of counts) console.log(`  − ${String(lines).padStart(4)}  ${purpose}`);
console.log(`  = ${String(own).padStart(4)}  the adapters themselves (at most ${LIMIT})`);
process.exit(own > LIMIT ? 1 : 0);

function filesOf(revision) {
  return git("ls-tree", "-r", "--name-only", revision, "packages/node", "packages/deno")
    .split("\n")
    .filter((path) => path.endsWith(".ts") && !path.includes("/test/") && !path.endsWith("/tsup.config.ts"));
}

/** The commit of each line, by its first eight digits. */
function authorsOf(file) {
  const text = git("blame", "-w", "-M", "-C", "-C", "--line-porcelain", commit, "--", file);
  return [...text.matchAll(/^([0-9a-f]{8})[0-9a-f]{32} \d+ \d+/gm)].map(([, author]) => author);
}

function linesOf(text) {
  return text.split("\n").length - 1;
}

function git(...args) {
  return execFileSync("git", args, { cwd: root, encoding: "utf8", maxBuffer: 2 ** 28 });
}
