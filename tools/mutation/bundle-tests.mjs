// Bundles the judges with the mutated sources into one file, so that a mutant costs no loading of modules.
import { readFile } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("../../", import.meta.url));
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

/** Files beside a module are those of the repository: the mutated copy has only what is imported. */
const pathsOfTheRepository = {
  name: "paths-of-the-repository",
  setup({ onLoad }) {
    onLoad({ filter: /core\/(src|test)\/.*\.ts$/ }, async ({ path }) => {
      const original = pathToFileURL(resolve(root, relative(process.cwd(), path)));
      const text = await readFile(path, "utf8");
      return { contents: text.replaceAll("import.meta.url", JSON.stringify(original)), loader: "ts" };
    });
  },
};

/** Writes the bundle of test files. It exports `load(files, tests)`, which collects some of them. */
export async function bundleTests(paths, outfile) {
  const cases = paths.map((path) => `${JSON.stringify(path)}: () => import(${JSON.stringify(`./${path}`)}),`);
  const contents = `import { collect } from "vitest";
const loaders = { ${cases.join("\n")} };
export async function load(files, tests) {
  for (const file of files) await collect(file, loaders[file], tests);
}`;
  await build({
    stdin: { contents, resolveDir: process.cwd() },
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "node20",
    packages: "external",
    // With the names of classes, which messages have.
    keepNames: true,
    alias: { vitest: here("vitest-names.mjs"), "@cosup/core": resolve("packages/core/src/index.ts") },
    plugins: [pathsOfTheRepository],
    logLevel: "error",
  });
}
