/**
 * The parser of YAML, in a module of its own that is loaded only where there is such a file. yaml is a CommonJS package:
 * esbuild gives `import("yaml")` no named exports.
 */
export { parseDocument } from "yaml";
