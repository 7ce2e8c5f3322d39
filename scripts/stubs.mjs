// Replaces modules that a bundle imports and never runs.

/**
 * An esbuild plugin. A stub that replaced nothing fails the build: after an update of a package, its module may have
 * another name, and the bundle would silently contain the real one again.
 * @param {string} name what the stubs are left out of, for error messages
 * @param {RegExp} importer which importers get the stubs
 * @param {Readonly<Record<string, string>>} stubs source code, by the path that the importer names
 * @returns {import("esbuild").Plugin}
 */
export function stubs(name, importer, stubs) {
  return {
    name: `stubs-${name}`,
    setup(build) {
      const unused = new Set(Object.keys(stubs));
      build.onResolve({ filter: /./ }, ({ path, importer: from, resolveDir }) => {
        if (!Object.hasOwn(stubs, path) || !importer.test(from)) return undefined;
        unused.delete(path);
        return { path, namespace: name, pluginData: resolveDir };
      });
      // What a stub requires is resolved from the folder of the module that requires the stub.
      build.onLoad({ filter: /./, namespace: name }, ({ path, pluginData }) => ({
        contents: stubs[path],
        resolveDir: pluginData,
      }));
      build.onEnd(({ errors }) => {
        if (errors.length > 0 || unused.size === 0) return undefined;
        const text = `stubs of ${name} that nothing imports: ${[...unused].join(", ")}`;
        return { errors: [{ text }] };
      });
    },
  };
}
