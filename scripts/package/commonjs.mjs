// CommonJS files beside the ES modules of a build, one for one, so that entries go on sharing their chunks.
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { transform } from "esbuild";
import { LINE_LIMIT } from "../short-lines.mjs";

/** A relative import of another built file. */
const RELATIVE = /(\brequire\("\.\/[\w.-]+)\.js"\)/g;

/** CommonJS has no `import.meta`: the address of the file is made of its path. */
const OWN_ADDRESS = {
  define: { "import.meta.url": "ownAddress" },
  banner: 'const ownAddress=require("node:url").pathToFileURL(__filename).href;',
};

/** @param {readonly string[]} built names of the files in dist */
export async function writeCommonJs(built) {
  const converted = built.filter((name) => name.endsWith(".js") && !built.includes(commonJsName(name)));
  for (const name of converted) {
    const source = readFileSync(`dist/${name}`, "utf8");
    const { code } = await transform(source, {
      format: "cjs",
      platform: "node",
      target: "node20",
      minifyWhitespace: true,
      lineLimit: LINE_LIMIT,
      sourcefile: name,
      // Jest's environment cannot import an ES module from CommonJS.
      supported: { "dynamic-import": false },
      ...(source.includes("import.meta.url") && OWN_ADDRESS),
    });
    writeFileSync(`dist/${commonJsName(name)}`, code.replace(RELATIVE, '$1.cjs")'));
  }
  noteBundled(converted);
}

/** @param {string} name */
const commonJsName = (name) => name.replace(/\.js$/, ".cjs");

/** The converted files contain the same third-party code as their originals. @param {readonly string[]} converted */
function noteBundled(converted) {
  if (!existsSync("dist/bundled.json")) return;
  const withTwins = (/** @type {readonly string[]} */ files) =>
    files.flatMap((file) =>
      converted.includes(file.slice("dist/".length)) ? [file, commonJsName(file)] : [file],
    );
  const { packages } = JSON.parse(readFileSync("dist/bundled.json", "utf8"));
  const noted = packages.map((item) => ({ ...item, files: [...new Set(withTwins(item.files))].sort() }));
  writeFileSync("dist/bundled.json", `${JSON.stringify({ packages: noted }, undefined, 2)}\n`);
  const notices = readFileSync("dist/THIRD-PARTY.txt", "utf8").split("\n");
  const lines = notices.flatMap((line) => {
    const [file] = /^dist\/\S+(?= contains )/.exec(line) ?? [];
    return file === undefined ? [line] : withTwins([file]).map((each) => line.replace(file, each));
  });
  writeFileSync("dist/THIRD-PARTY.txt", lines.join("\n"));
}
