import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const DOCUMENTS = [
  "README.md",
  "ARCHITECTURE.md",
  "CONTRIBUTING.md",
  "SECURITY.md",
  "CHANGELOG.md",
  "test/README.md",
  "findings/README.md",
  "bench/README.md",
  "core-as/README.md",
  "docs/cli.md",
  "docs/errors.md",
  "README.zh-CN.md",
  "docs/zh-CN/cli.md",
  "docs/faults.md",
  "docs/guarantees.md",
  "docs/model.md",
  "docs/mutation.md",
  "docs/integrations.md",
  "docs/live-tests.md",
  "docs/questions.md",
  ...["cos-js-sdk-v5", "cos-nodejs-sdk-v5", "cos-python-sdk-v5", "lib-storage"].map(
    (n) => `docs/migration/${n}.md`,
  ),
  "examples/workers/README.md",
  "examples/workers-queue/README.md",
  ...["browser", "cli", "console", "core", "deno", "emulator", "fleet", "node", "workers"].map(
    (name) => `packages/${name}/README.md`,
  ),
];
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
});
