// Holds the import directions of the house: core-as ← core ← {node, deno, workers} ← cli, and nothing of ours in the
// emulator, which must not share code with what it checks. Prints every arrow; exits 1 on one that is not allowed.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** What each room may import of ours. */
const ALLOWED = {
  "core-as": [],
  "packages/core": ["core-as"],
  "packages/node": ["packages/core"],
  "packages/deno": ["packages/core"],
  "packages/workers": ["packages/core"],
  "packages/emulator": [],
  "packages/cli": ["packages/node", "packages/emulator"],
};
const PACKAGES = {
  "@cosup/core-as": "core-as",
  "@cosup/core": "packages/core",
  "@cosup/node": "packages/node",
  "@cosup/deno": "packages/deno",
  "@cosup/workers": "packages/workers",
  "@cosup/emulator": "packages/emulator",
  cosup: "packages/cli",
};
/** What no source of core may name: it runs everywhere because it cannot. */
const FOREIGN = /from "(node:[^"]+)"|\b(Deno|process|Buffer|require)\s*[.(]/g;

const arrows = new Map();
const violations = [];

for (const room of Object.keys(ALLOWED)) {
  for (const file of sources(join(root, room))) {
    // Examples in comments show what users import, not what the file does.
    const text = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
    for (const target of importsOf(text, file)) check(room, target, file);
    if (room === "packages/core") checkPure(text, file);
  }
}

for (const [arrow, count] of [...arrows].sort()) console.log(`${arrow}  (${count} imports)`);
for (const violation of violations) console.error(`house: ${violation}`);
console.log(
  violations.length === 0 ? "house: every arrow points the right way" : "house: the house is crooked",
);
process.exit(violations.length === 0 ? 0 : 1);

function check(room, target, file) {
  if (target === room) return;
  const arrow = `${room} → ${target}`;
  arrows.set(arrow, (arrows.get(arrow) ?? 0) + 1);
  if (!ALLOWED[room].includes(target))
    violations.push(`${relative(root, file)} imports ${target}, which ${room} must not`);
}

function checkPure(text, file) {
  for (const [match] of text.matchAll(FOREIGN))
    violations.push(`${relative(root, file)} names ${match.trim()}`);
}

/** The rooms that a source imports, by package name or by a path that leaves its own. */
function importsOf(text, file) {
  const specifiers = [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(
    ([, specifier]) => specifier,
  );
  return specifiers.flatMap((specifier) => {
    if (specifier.startsWith(".")) return roomOf(join(file, "..", specifier)) ?? [];
    const name = specifier.startsWith("@")
      ? specifier.split("/").slice(0, 2).join("/")
      : specifier.split("/")[0];
    return PACKAGES[name] ?? [];
  });
}

function roomOf(path) {
  const parts = relative(root, path).split(sep);
  const room = parts[0] === "packages" ? parts.slice(0, 2).join("/") : parts[0];
  return room in ALLOWED ? room : undefined;
}

function sources(folder) {
  let names;
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const path = join(folder, name);
    if (["node_modules", "dist", "test", "scripts", ".turbo"].includes(name)) return [];
    if (statSync(path).isDirectory()) return sources(path);
    return /\.(ts|js|mjs)$/.test(name) && !/\.config\.ts$/.test(name) ? [path] : [];
  });
}
