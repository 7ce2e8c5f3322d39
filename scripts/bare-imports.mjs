// Leaves out of a bundle the imports of its own chunks that import no name.

/** An import of a chunk for its side effects alone, as esbuild writes it. */
const BARE_IMPORT = /\bimport\s*"\.\/chunk-[A-Z\d]+\.js";/g;

/**
 * A plugin of tsup, for packages whose package.json says `"sideEffects": false`: nothing is lost without such an import. A
 * program that bundles the package outside of node_modules, as in a workspace, got a warning of esbuild for each
 * (`ignored-bare-import`), and every other program loads fewer files.
 * @returns {NonNullable<import("tsup").Options["plugins"]>[number]}
 */
export function withoutBareImports() {
  return {
    name: "without-bare-imports",
    renderChunk(bundle, { path, type }) {
      if (type !== "chunk" || !path.endsWith(".js")) return undefined;
      // The source map stays: what follows an import in its line of 80 characters is mapped a few columns off.
      return { code: bundle.replace(BARE_IMPORT, "") };
    },
  };
}
