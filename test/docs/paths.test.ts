import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** What is made by installing, building or running; editors and findings may leave more. */
const MADE_FOLDERS = new Set(["node_modules", "dist", ".cache", ".git", ".turbo", "target"]);
const FILES = [...filesBelow("")];
const DOCUMENTS = FILES.filter((file) => file.endsWith(".md") && !file.startsWith("docs/api/"));
/** Folders that a path in a document begins with, when it is written from the root. */
const FROM_ROOT = /^(packages|test|scripts|tools|core-as|docs|findings|bench|examples|\.github|\.githooks)\//;
/** What is made by a build or by a run. */
const MADE = /\/(dist|node_modules|\.cache)(\/|$)|^docs\/api$/;

const { scripts } = JSON.parse(readFileSync(`${root}package.json`, "utf8")) as {
  readonly scripts: Record<string, string>;
};

describe.each(DOCUMENTS)("%s", (document) => {
  const text = readFileSync(root + document, "utf8");

  it("names npm scripts that exist", () => {
    // Scripts of a workspace have `-w` after them.
    const runs = text.matchAll(/npm run (?:--silent )?([a-z][\w:-]*\b)(?![\w:…-]|:…| -w)/g);
    const names = [...runs].map(([, name = ""]) => name);
    expect(names.filter((name) => scripts[name] === undefined)).toEqual([]);
  });

  it("links to files that exist", () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !existsSync(join(root, dirname(document), link)))).toEqual([]);
  });

  it("names paths that exist", () => {
    const words = [...text.matchAll(/`([^`\s]+)`|(?:--|npx vitest run|node|bash) ([^\s`,;]+)/g)].map(
      ([, quoted = "", argument = ""]) => quoted || argument,
    );
    // NAME and the like are placeholders.
    const paths = words.filter(
      (word) => FROM_ROOT.test(word) && !MADE.test(word) && !/[A-Z]{3,}\.|[*{<…]/.test(word),
    );
    expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
  });

  it("names functions and constants that are in the files before them", () => {
    const stale: string[] = [];
    for (const [, file = "", inside = ""] of text.matchAll(/`([\w@./-]+\.m?ts)` \(([^)]*)\)/g)) {
      const path = FROM_ROOT.test(file) && existsSync(root + file) ? file : undefined;
      const source = path === undefined ? undefined : readFileSync(root + path, "utf8");
      for (const [, name = ""] of inside.matchAll(/`#?([A-Za-z_]\w+)`/g))
        if (source?.includes(name) === false) stale.push(`${file}: ${name}`);
    }
    expect(stale).toEqual([]);
  });

  it("names files that exist by the end of their path", () => {
    const names = [...text.matchAll(/`([\w@./-]+\.(?:ts|mts|mjs|svg|md|yml|sh))`/g)].map(
      ([, name = ""]) => name,
    );
    const stale = names.filter((name) => !/[A-Z]{3,}\./.test(name) && !isNamed(name.replace(/^\.\//, "")));
    expect(stale).toEqual([]);
  });
});

function isNamed(name: string): boolean {
  return FILES.some((file) => file === name || file.endsWith(`/${name}`));
}

function* filesBelow(folder: string): Generator<string> {
  for (const entry of readdirSync(root + folder, { withFileTypes: true })) {
    if (MADE_FOLDERS.has(entry.name)) continue;
    const path = `${folder}${entry.name}`;
    if (entry.isDirectory()) yield* filesBelow(`${path}/`);
    else if (entry.isFile()) yield path;
  }
}
