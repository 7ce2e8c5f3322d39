import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const packages = fileURLToPath(new URL("../../packages/", import.meta.url));

/** What a file was bundled from: by its map, or by the comments that esbuild leaves where it does not minify. */
function sourcesOf(file: string): string[] {
  const text = readFileSync(file, "utf8");
  if (!existsSync(`${file}.map`)) return [...text.matchAll(/^\/\/ (\S+)$/gm)].map(([, path = ""]) => path);
  const { sources } = JSON.parse(readFileSync(`${file}.map`, "utf8")) as { sources: string[] };
  return sources;
}

/** `dist/FILE contains PACKAGE.` for each package of others in each file. */
function contained(dist: string): string[] {
  const files = readdirSync(dist).filter((name) => name.endsWith(".js"));
  const sources = files.flatMap((name) => sourcesOf(join(dist, name)).map((path) => ({ name, path })));
  // Of nothing at all would be a bundle that this cannot read.
  expect(sources).not.toEqual([]);
  const found = sources.flatMap(({ name, path }) => {
    const foreign = /.*\bnode_modules\/((?:@[^/]+\/)?[^/]+)/.exec(path)?.[1];
    return foreign === undefined ? [] : [`dist/${name} contains ${foreign}.`];
  });
  return [...new Set(found)].sort();
}

test.each(readdirSync(packages))("%s names what of others is bundled into it, with the licenses", (name) => {
  const dist = join(packages, name, "dist");
  const notice = join(dist, "THIRD-PARTY.txt");
  const text = existsSync(notice) ? readFileSync(notice, "utf8") : "";
  const named = text.match(/^dist\/\S+ contains \S+\.$/gm) ?? [];
  expect(named.sort()).toEqual(contained(dist));
  expect(text.match(/^Copyright /gm) ?? []).toHaveLength(named.length);
});
