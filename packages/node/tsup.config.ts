import { readFileSync, writeFileSync } from "node:fs";
import { defineConfig } from "tsup";

/**
 * What undici's HTTP/1.1 client imports but never runs here: HTTP/2 (off, and a third of the loading time for its sake
 * alone), bodies other than bytes, and the parser for machines without SIMD, where core does not run either.
 */
const UNUSED: Readonly<Record<string, string>> = {
  "./client-h2.js": `module.exports = () => { throw new Error("HTTP/2 is off"); };`,
  "../web/fetch/body.js": `module.exports = {};`,
  "../llhttp/llhttp-wasm.js": `module.exports = undefined;`,
};

export default defineConfig({
  entry: ["src/index.ts"],
  format: "esm",
  target: "node20",
  sourcemap: true,
  clean: true,
  // Bundled: one file instead of thirty to find and read is 20 ms of a program's start. undici stays a dependency, for
  // its types and its proxy agents; picomatch is not worth a second one.
  noExternal: ["picomatch", /^undici\/lib\//],
  // For the built-in modules that undici requires.
  banner: {
    js: 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);',
  },
  minifyWhitespace: true,
  minifySyntax: true,
  esbuildPlugins: [
    {
      name: "without-unused-undici",
      setup(build) {
        build.onResolve({ filter: /./ }, ({ path, importer }) =>
          path in UNUSED && importer.includes("undici") ? { path, namespace: "unused" } : undefined,
        );
        build.onLoad({ filter: /./, namespace: "unused" }, ({ path }) => ({ contents: UNUSED[path] ?? "" }));
      },
    },
  ],
  onSuccess: async () => {
    const license = (name: string): string =>
      `dist/index.js contains ${name}.\n\n${readFileSync(`../../node_modules/${name}/LICENSE`, "utf8")}`;
    writeFileSync("dist/THIRD-PARTY.txt", `${license("undici")}\n\n${license("picomatch")}`);
  },
});
