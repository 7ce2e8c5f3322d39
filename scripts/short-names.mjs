// Shortens the local names in bundles, so that they load faster. Names that a stack trace shows stay unchanged.
import { transform } from "esbuild";
import { LINE_LIMIT } from "./short-lines.mjs";

/**
 * A plugin of tsup, for bundles of one file. In scripts, esbuild shortens local names but not those of the top level
 * (functions, classes); in modules it shortens all. Therefore the exports are removed, the rest is transformed as a
 * script, and the exports are added again. With core and undici this saves 70 KB, which is 2 ms per start.
 * @param {string} target the `target` of esbuild
 * @returns {NonNullable<import("tsup").Options["plugins"]>[number]}
 */
export function shortNames(target) {
  return {
    name: "short-names",
    async renderChunk(bundle, { path, map, type }) {
      if (type !== "chunk" || !/\.c?js$/.test(path)) return undefined;
      // A CommonJS bundle is a script as a whole.
      const at = path.endsWith(".cjs") ? bundle.length : bundle.search(/\bexport ?\{[^{}]*\};?\s*$/);
      if (at < 0) throw new Error(`${path} does not end with its exports`);
      const { code, map: next } = await transform(withMap(bundle.slice(0, at), map), {
        target,
        minifyIdentifiers: true,
        minifyWhitespace: true,
        lineLimit: LINE_LIMIT,
        sourcemap: map === undefined ? false : "external",
        sourcefile: path,
      });
      return { code: `${code}${bundle.slice(at)}`, map: next };
    },
  };
}

/**
 * Code with its source map in a comment: esbuild then maps its output to the original sources. tsup's own way compares
 * the path of the file with a URL, which differ in a folder whose name has spaces or other characters that are escaped.
 * @param {string} code @param {unknown} map an object, a text, or nothing
 */
function withMap(code, map) {
  if (map === undefined || map === null) return code;
  const text = typeof map === "string" ? map : JSON.stringify(map);
  const data = Buffer.from(text).toString("base64");
  return `${code}\n//# sourceMappingURL=data:application/json;base64,${data}\n`;
}
