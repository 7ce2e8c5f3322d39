import { execFile } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const packages = join(root, "packages");
const names = readdirSync(packages);

interface Bundled {
  readonly name: string;
  readonly version: string;
  readonly license: string;
  readonly files: readonly string[];
}

/**
 * The sources of a bundle, from its source map or from the comments that esbuild writes when it does not minify. A CommonJS
 * file without a map is made from the ES module beside it.
 */
function sourcesOf(file: string): string[] {
  const maps = [`${file}.map`, `${file.replace(/\.cjs$/, ".js")}.map`];
  const map = maps.find((path) => existsSync(path));
  if (map === undefined)
    return [...readFileSync(file, "utf8").matchAll(/^\/\/ (\S+)$/gm)].map(([, path = ""]) => path);
  const { sources } = JSON.parse(readFileSync(map, "utf8")) as { sources: string[] };
  return sources;
}

/** `dist/FILE contains PACKAGE` for each package of others in each file. */
function contained(dist: string): string[] {
  const files = readdirSync(dist).filter((name) => /\.c?js$/.test(name));
  const sources = files.flatMap((name) => sourcesOf(join(dist, name)).map((path) => ({ name, path })));
  // No package at all would mean that this test cannot read the bundle.
  expect(sources).not.toEqual([]);
  const found = sources.flatMap(({ name, path }) => {
    const foreign = /.*\bnode_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
    if (foreign === undefined) return [];
    // undici contains the parser as compiled code of another project, with its own license.
    const inside = /\/undici\/lib\/llhttp\/.*-wasm\.js$/.test(path) ? "llhttp" : foreign;
    return [`dist/${name} contains ${inside}`];
  });
  return [...new Set(found)].sort();
}

function bundledIn(dist: string): readonly Bundled[] {
  const list = join(dist, "bundled.json");
  if (!existsSync(list)) return [];
  return (JSON.parse(readFileSync(list, "utf8")) as { packages: Bundled[] }).packages;
}

test.each(names)("%s lists the third-party code in its bundle, with versions and licenses", (of) => {
  const dist = join(packages, of, "dist");
  const bundled = bundledIn(dist);
  const named = bundled.flatMap(({ name, files }) => files.map((file) => `${file} contains ${name}`));
  expect(named.sort()).toEqual(contained(dist));
  const notice = join(dist, "THIRD-PARTY.txt");
  const text = existsSync(notice) ? readFileSync(notice, "utf8") : "";
  for (const { name, version, license, files } of bundled) {
    for (const file of files) expect(text).toContain(`\n${file} contains ${name} ${version} (${license}).\n`);
    if (name !== "llhttp") expect(version).toBe(versionOf(name, dist));
  }
  expect(text.match(/^Copyright /gm) ?? []).toHaveLength(bundled.length);
  expect(text.match(/^TH(?:E|IS) SOFTWARE IS PROVIDED /gm) ?? []).toHaveLength(bundled.length);
});

/** npm may install a package's dependency beside it, when another one needs another version. */
function versionOf(name: string, dist: string): unknown {
  const places = [join(dist, ".."), root].map((folder) => join(folder, "node_modules", name, "package.json"));
  const path = places.find((place) => existsSync(place)) ?? places[1] ?? "";
  return (JSON.parse(readFileSync(path, "utf8")) as { version: string }).version;
}

test("every package is published with its license and the notices of its third-party code", async () => {
  const words = [
    "pack",
    "--dry-run",
    "--ignore-scripts",
    "--json",
    ...names.map((name) => `--workspace=packages/${name}`),
  ];
  const { stdout } = await promisify(execFile)("npm", words, { cwd: root });
  // An array for some versions of npm, an object by names for others.
  const packs = Object.values(JSON.parse(stdout)) as { name: string; files: { path: string }[] }[];
  expect(packs).toHaveLength(names.length);
  for (const { name, files } of packs) {
    const paths = files.map(({ path }) => path);
    const folder = name.replace(/^@cosup\//, "").replace(/^cosup$/, "cli");
    const license = readFileSync(join(packages, folder, "LICENSE"), "utf8");
    expect(license).toBe(readFileSync(join(root, "LICENSE"), "utf8"));
    const bundled = bundledIn(join(packages, folder, "dist")).length > 0;
    const expected = bundled ? ["LICENSE", "dist/THIRD-PARTY.txt", "dist/bundled.json"] : ["LICENSE"];
    expect(paths, name).toEqual(expect.arrayContaining(expected));
  }
});
