import { copyFileSync } from "node:fs";
import { mimes } from "mrmime";
import { defineConfig } from "tsup";
import { withoutBareImports } from "../../scripts/bare-imports.mjs";
import { shortLines } from "../../scripts/short-lines.mjs";
import { stubs } from "../../scripts/stubs.mjs";
import { thirdParty } from "../../scripts/third-party.mjs";

/**
 * What fast-xml-parser imports but never uses here: number parsing (values stay text), document types (refused before),
 * validation, the path of an element (for callbacks and stop nodes, of which we give none), and entities (off; the
 * predefined ones are ours). Half of its size, which a Worker's bundle would carry; the contract suite and the command
 * line run on this build.
 */
const UNUSED: Readonly<Record<string, string>> = {
  "../validator.js": "export const validate = () => true;",
  strnum: "export default (text) => text;",
  "is-unsafe": "export const HTML = {}; export const XML = {}; export const isUnsafe = () => true;",
  "./DocTypeReader.js": `
    export default class { setXmlVersion() {} readDocType() { throw new Error("DOCTYPE"); } }`,
  "@nodable/entities": `
    export const XML = {}; export const CURRENCY = {}; export const COMMON_HTML = {}; export const ENTITY_ACTION = {};
    export class EntityDecoder { reset() {} setXmlVersion() {} addInputEntities() {} decode(text) { return text; } }`,
  "path-expression-matcher": `
    export class Expression {}
    export class ExpressionSet { size = 0; seal() {} }
    export class Matcher {
      reset() {} push() {} pop() {} updateCurrent() {} getCurrentTag() {} readOnly() { return this; } toString() { return ""; }
    }`,
};

export default defineConfig({
  entry: {
    index: "src/index.ts",
    upload: "src/upload-exports.ts",
    runtime: "src/runtime/index.ts",
    directory: "src/directory/index.ts",
    objects: "src/objects/index.ts",
    post: "src/post/index.ts",
    streams: "src/streams/index.ts",
    download: "src/download/index.ts",
    digest: "src/digest/index.ts",
    "xml-parser": "src/xml/parser.ts",
    files: "src/files/index.ts",
    "content-types": "src/content-types.ts",
    "wasm-module": "src/wasm-module.ts",
    "wasm-bytes": "src/wasm-bytes.generated.ts",
  },
  format: "esm",
  target: "es2023",
  platform: "neutral",
  splitting: true,
  sourcemap: true,
  clean: true,
  // Bundled: one file instead of thirty to find and read, 20 ms of a program's start.
  noExternal: ["fast-xml-parser", "mrmime"],
  // Names stay, for stack traces.
  minifyWhitespace: true,
  minifySyntax: true,
  plugins: [withoutBareImports()],
  esbuildPlugins: [
    shortLines(),
    thirdParty(),
    {
      // In a file of its own, which @cosup/node can leave out of what it loads at start.
      name: "xml-parser-apart",
      setup(build) {
        build.onResolve({ filter: /^\.\/parser\.ts$/ }, ({ importer }) =>
          /[\\/]xml[\\/]read\.ts$/.test(importer) ? { path: "./xml-parser.js", external: true } : undefined,
        );
      },
    },
    stubs("fast-xml-parser", /[\\/](fast-xml-parser|@nodable)[\\/]/, UNUSED),
    {
      // Its table as a text that the first lookup parses: as code, 450 properties are 2 ms of a program's start.
      name: "mimes-as-json",
      setup(build) {
        const text = JSON.stringify(JSON.stringify(mimes));
        build.onLoad({ filter: /[\\/]mrmime[\\/]index\.mjs$/ }, () => ({
          contents: `
            let mimes;
            export function lookup(extension) {
              mimes ??= JSON.parse(${text});
              return mimes[extension];
            }`,
        }));
      },
    },
  ],
  onSuccess: async () => {
    copyFileSync("../../core-as/dist/cosup.wasm", "dist/cosup.wasm");
  },
});
