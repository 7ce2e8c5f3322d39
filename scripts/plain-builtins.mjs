// Takes Node's own modules from process.getBuiltinModule() in a bundle.

/** A static import of a module of Node, as esbuild writes it. */
const IMPORT =
  /\bimport\s*(?:([\w$]+)\s*,?\s*)?(?:\*\s*as\s+([\w$]+)\s*|\{([^{}]*)\}\s*)?(?:\bfrom\s*)?"(node:[\w/]+)";?/g;

/**
 * A plugin of tsup. For an import of a built-in module, Node creates an ES module, which reads every export once; that
 * of `node:crypto` loads all of Web Crypto on the way. Without it, a program starts 2 ms earlier. An import that is
 * not recognised stays as it is: `test/node-faults/start-up.test.ts` lists what the bundle imports.
 * @returns {NonNullable<import("tsup").Options["plugins"]>[number]}
 */
export function plainBuiltins() {
  return {
    name: "plain-builtins",
    renderChunk(bundle, { path, type }) {
      if (type !== "chunk" || !path.endsWith(".js")) return undefined;
      // The source map stays: what follows an import in its line of 80 characters is mapped a few columns off.
      const code = bundle.replace(IMPORT, (_import, name, namespace, names, module) =>
        declarations([name, namespace], names, module),
      );
      return { code };
    },
  };
}

/**
 * @param {readonly (string | undefined)[]} whole names for the module itself
 * @param {string | undefined} names the names between braces
 * @param {string} module
 */
function declarations(whole, names, module) {
  const value = `process.getBuiltinModule("${module}")`;
  const targets = whole.filter((name) => name !== undefined);
  if (names !== undefined) targets.push(`{${names.replace(/\bas\b/g, ":")}}`);
  return targets.length === 0 ? "" : `const ${targets.map((target) => `${target}=${value}`).join(",")};`;
}
