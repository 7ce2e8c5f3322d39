import type { Plugin } from "esbuild";

export function stubs(name: string, importer: RegExp, stubs: Readonly<Record<string, string>>): Plugin;
