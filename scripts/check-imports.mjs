// Checks the directions of imports: between the packages (core-as ← core ← {node, deno, workers, browser} ← cli, node ← fleet ← cli, browser ← console,
// and nothing of ours in the emulator, which must not share code with what it checks), and between the floors of core. Prints how often
// each package imports another; exits 1 on an import that is not allowed. Circles of imports are biome's noImportCycles.
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** Which packages a package may import. */
const ALLOWED = {
  "core-as": [],
  "packages/core": ["core-as"],
  "packages/node": ["packages/core"],
  "packages/deno": ["packages/core"],
  "packages/workers": ["packages/core"],
  "packages/browser": ["packages/core"],
  "packages/emulator": [],
  "packages/console": ["packages/browser"],
  "packages/fleet": ["packages/node"],
  "packages/cli": ["packages/node", "packages/fleet", "packages/emulator"],
};
const PACKAGES = {
  "@cosup/core-as": "core-as",
  "@cosup/core": "packages/core",
  "@cosup/node": "packages/node",
  "@cosup/deno": "packages/deno",
  "@cosup/workers": "packages/workers",
  "@cosup/browser": "packages/browser",
  "@cosup/emulator": "packages/emulator",
  "@cosup/console": "packages/console",
  "@cosup/fleet": "packages/fleet",
  cosup: "packages/cli",
};

/** What every floor of core may import, but these themselves. */
const GROUND = ["errors.ts", "text", "abort"];
const BELOW_REQUESTS = ["http", "auth", "params", "xml", "runtime"];
/**
 * The floors of core, highest first: which folders and files of `packages/core/src` each of them may import, besides
 * itself and GROUND. The longest name that matches a file is its floor.
 */
const FLOORS = {
  // Each subpath of the package.
  "index.ts": ["*"],
  "upload-exports.ts": ["*"],
  "directory/index.ts": ["*"],
  "objects/index.ts": ["*"],
  "post/index.ts": ["*"],
  "streams/index.ts": ["*"],
  "download/index.ts": ["*"],
  "files/index.ts": ["*"],
  "digest/index.ts": ["*"],
  "runtime/index.ts": ["*"],
  "content-types.ts": [],
  "wasm-module.ts": ["wasm-bytes.generated.ts", "runtime"],
  "wasm-bytes.generated.ts": [],
  // Many objects.
  directory: ["client.ts", "transfers", "upload", "params", "files"],
  // An object into a file.
  download: [
    "call-client.ts",
    "client-base.ts",
    "transfers",
    "upload",
    "requests",
    "files",
    "digest",
    ...BELOW_REQUESTS,
    "argument-errors.ts",
    "recognize-copies.ts",
  ],
  // Functions that take a client: what it does beyond uploading.
  objects: ["call-client.ts", "client-base.ts", "requests", "http", "params"],
  post: ["call-client.ts", "client-base.ts", "http", "auth", "params"],
  streams: ["upload-client.ts", "transfers", "params"],
  "call-client.ts": ["client-base.ts", "argument-errors.ts", "transfers", "params"],
  "client.ts": ["multipart-client.ts", "options.ts", "transfers", "requests", "xml", "runtime"],
  "multipart-client.ts": ["upload-client.ts", "transfers", "requests"],
  "upload-client.ts": ["client-base.ts", "transfers"],
  "client-base.ts": ["client-context.ts", "options.ts", "transfers", "http", "params", "xml", "runtime"],
  "client-context.ts": [
    "options.ts",
    "version.ts",
    "transfers",
    "upload/sources",
    "digest",
    "http",
    "auth",
    "params",
    "xml",
    "runtime",
  ],
  "options.ts": ["auth", "http/request-events.ts", "params", "runtime"],
  // One object: several requests, verified.
  transfers: ["upload", "upload/sources", "digest", "requests", ...BELOW_REQUESTS],
  // The upload engine: it knows no request and, of HTTP, only whether to retry and when.
  upload: [
    "upload/sources",
    "digest",
    "runtime",
    "http/outcome.ts",
    "http/backoff.ts",
    "http/sending.ts",
    "params/limits.ts",
  ],
  "upload/sources": ["digest", "runtime"],
  // One request.
  requests: ["digest", ...BELOW_REQUESTS],
  http: ["auth", "params", "xml", "runtime"],
  auth: ["runtime"],
  files: ["runtime"],
  digest: ["runtime"],
  // The subpath, which works without a runtime.
  "digest/digest-of.ts": ["digest/digester.ts", "argument-errors.ts", "runtime"],
  "digest/digester.ts": ["digest", "digest/shared-wasm.ts", "argument-errors.ts"],
  "digest/combine-crc64.ts": ["digest/shared-wasm.ts", "argument-errors.ts"],
  "digest/shared-wasm.ts": ["digest", "wasm-bytes.generated.ts"],
  params: [],
  xml: [],
  // What an adapter implements.
  runtime: [],
  "version.ts": [],
  abort: [],
  text: [],
  "errors.ts": ["argument-errors.ts", "error-codes.ts", "recognize-copies.ts"],
  "error-codes.ts": [],
  "argument-errors.ts": ["recognize-copies.ts"],
  "recognize-copies.ts": [],
};

/** What no source of core may name, because it runs in every runtime. */
const FOREIGN = /(?:from|import)\s*\(?\s*"(node:[^"]+)"|\b(Deno|process|Buffer|require)\s*[.(]/g;

const arrows = new Map();
const violations = [];

for (const owner of Object.keys(ALLOWED)) {
  for (const file of sources(join(root, owner))) {
    // Examples in comments show what users import, not what the file does.
    const text = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
    for (const specifier of specifiersOf(text)) {
      checkPackage(owner, specifier, file);
      if (owner === "packages/core" && specifier.startsWith("."))
        checkFloor(file, join(file, "..", specifier));
    }
    if (owner === "packages/core") checkPure(text, file);
  }
}

for (const [arrow, count] of [...arrows].sort()) console.log(`${arrow}  (${count} imports)`);
for (const violation of violations) console.error(violation);
console.log(`import directions: ${violations.length} violation${violations.length === 1 ? "" : "s"}`);
process.exit(violations.length === 0 ? 0 : 1);

function checkPackage(owner, specifier, file) {
  const target = packageOf(specifier, file);
  if (target === undefined || target === owner) return;
  const arrow = `${owner} → ${target}`;
  arrows.set(arrow, (arrows.get(arrow) ?? 0) + 1);
  if (!ALLOWED[owner].includes(target))
    violations.push(`${relative(root, file)} imports ${target}, which ${owner} must not`);
}

function checkFloor(file, target) {
  const [from, to] = [coreName(file), coreName(target)];
  if (from === undefined || to === undefined) return;
  const [floor, below] = [floorOf(from), floorOf(to)];
  if (floor === undefined) {
    violations.push(`packages/core/src/${from} is on no floor of core: add it to FLOORS`);
    return;
  }
  const allowed = [floor, ...FLOORS[floor], ...(GROUND.includes(floor) ? [] : GROUND)];
  if (allowed.includes("*") || allowed.includes(below) || allowed.includes(to)) return;
  violations.push(`packages/core/src/${from} imports ${to}, which ${floor} must not`);
}

/** A file's path below packages/core/src. */
function coreName(path) {
  const name = relative(join(root, "packages/core/src"), path).split(sep).join("/");
  return name.startsWith("..") ? undefined : name;
}

/** The longest entry of FLOORS that is this file or a folder above it. */
function floorOf(name) {
  return Object.keys(FLOORS)
    .filter((floor) => name === floor || name.startsWith(`${floor}/`))
    .sort((one, other) => other.length - one.length)[0];
}

function checkPure(text, file) {
  for (const [match] of text.matchAll(FOREIGN))
    violations.push(`${relative(root, file)} names ${match.trim()}`);
}

function specifiersOf(text) {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map(([, specifier]) => specifier);
}

/** The package that a source imports, by its name or by a path that leaves its own. */
function packageOf(specifier, file) {
  if (specifier.startsWith(".")) return folderOf(join(file, "..", specifier));
  const parts = specifier.split("/");
  return PACKAGES[specifier.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0]];
}

function folderOf(path) {
  const parts = relative(root, path).split(sep);
  const owner = parts[0] === "packages" ? parts.slice(0, 2).join("/") : parts[0];
  return owner in ALLOWED ? owner : undefined;
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
