import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** What is published. The console is a part of the emulator. */
const folders = readdirSync(`${root}packages`).filter((folder) => manifestOf(folder).private !== true);

/** Packages for runtimes that have CommonJS. */
const COMMON_JS = ["core", "node", "emulator"];

interface Manifest {
  readonly name: string;
  readonly private?: boolean;
  readonly exports?: Readonly<Record<string, Entry>>;
}
interface Entry {
  readonly types?: string;
  readonly default?: string;
  readonly require?: unknown;
  readonly workerd?: unknown;
  readonly browser?: unknown;
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(`${root}packages/${folder}/package.json`, "utf8")) as Manifest;
}

/** A file for Workers, imported by `@cosup/workers` alone: it has neither types nor CommonJS. */
const WASM = "./cosup.wasm";

const entries = folders.flatMap((folder) =>
  Object.entries(manifestOf(folder).exports ?? {})
    .filter(([path]) => path !== WASM)
    .map(([path, entry]) => ({ folder, path, entry })),
);

describe.each(folders)("package.json of packages/%s", (folder) => {
  test("says what registries show, and who may install it", () => {
    const page = "https://github.com/cosup/cosup";
    expect(manifestOf(folder)).toMatchObject({
      license: "MIT",
      homepage: `${page}/tree/main/packages/${folder}#readme`,
      bugs: `${page}/issues`,
      repository: { type: "git", url: `git+${page}.git`, directory: `packages/${folder}` },
      publishConfig: { access: "public" },
      description: expect.stringMatching(/^.{40,140}\.$/),
      keywords: expect.arrayContaining(["tencent-cloud", "cos", "upload"]),
      engines: folder === "deno" ? { deno: expect.any(String) } : { node: ">=20.18" },
    });
    expect(existsSync(`${root}packages/${folder}/README.md`)).toBe(true);
  });
});

test.each(entries)("$folder exports $path in the same form as every other", ({ folder, entry }) => {
  const { types = "", default: file = "" } = entry;
  const twin = { types: types.replace(/\.d\.ts$/, ".d.cts"), default: file.replace(/\.js$/, ".cjs") };
  const refusal = { require: "./wrong-runtime.cjs", default: "./wrong-runtime.js" };
  expect(types).toMatch(/^\.\/dist\/types\/.*\.d\.ts$/);
  expect(file).toMatch(/^\.\/dist\/.*\.js$/);
  expect(entry.require).toEqual(COMMON_JS.includes(folder) ? twin : undefined);
  if (folder === "node") expect(entry).toMatchObject({ workerd: refusal, browser: refusal });
  const named = [...JSON.stringify(entry).matchAll(/"(\.\/[^"]+)"/g)].map(([, path = ""]) => path);
  expect(named.filter((path) => !existsSync(`${root}packages/${folder}/${path}`))).toEqual([]);
  // The first condition that matches counts: the general ones stand last.
  expect(Object.keys(entry).slice(-2)).toEqual(["types", "default"]);
});
