// Run by Bun: `bun scripts/executable-bundle.mjs OUT`. Bundles the CLI for `npm run executable`, with the two kinds of files that its
// modules read from their own folder when they run: the console of the emulator, and SQLite.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const work = `${root}.cache/executable/`;
const emulator = `${root}packages/emulator/dist/`;
const [out] = process.argv.slice(2);

mkdirSync(work, { recursive: true });
const result = await Bun.build({
  entrypoints: [entry()],
  compile: { outfile: out },
  minify: true,
  // The files of the console keep their names, in a folder "console" beside the bundle: where the emulator looks for them.
  root: emulator,
  naming: { asset: "[dir]/[name].[ext]" },
  loader: { ".wasm": "file" },
  plugins: [{ name: "sqlite", setup: (build) => build.onLoad({ filter: /node-sqlite3-wasm\.js$/ }, sqlite) }],
});
for (const log of result.logs) console.error(log);
if (!result.success) process.exit(1);

/** The program, and a reference to each file of the console, without which Bun leaves it out. */
function entry() {
  const files = readdirSync(`${emulator}console`).map((name) => `${emulator}console/${name}`);
  const lines = files.map(
    (file, index) => `import file${index} from ${JSON.stringify(file)} with { type: "file" };`,
  );
  const names = files.map((_, index) => `file${index}`).join(", ");
  const path = `${work}entry.mjs`;
  const program = JSON.stringify(`${root}packages/cli/bin/cosup.js`);
  writeFileSync(
    path,
    `${lines.join("\n")}\nexport const embedded = [${names}];\nawait import(${program});\n`,
  );
  return path;
}

/** The library looks for its WebAssembly in the folder that its source had when it was bundled. */
function sqlite(/** @type {{ path: string }} */ { path }) {
  const folder = dirname(path);
  const contents = readFileSync(path, "utf8")
    .replace(
      'locateFile("node-sqlite3-wasm.wasm")',
      `require(${JSON.stringify(`${folder}/node-sqlite3-wasm.wasm`)})`,
    )
    .replace(/\b__(dirname|filename)\b/g, '""');
  return { contents, loader: "js" };
}
