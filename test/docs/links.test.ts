import { existsSync, statSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type Link, markdownFiles, type Page, readPage, root } from "./blocks/markdown.ts";

// Links to other sites are not fetched. `COSUP_LINKS=1 npm test -- test/docs/links.test.ts` prints them.

const pages = new Map(markdownFiles().map((path) => [path, readPage(path)]));
const isExternal = ({ target }: Link): boolean => /^[a-z][a-z+.-]*:/i.test(target);

/** Why a link of a page leads nowhere; undefined: it leads to a file, and to a heading when it names one. */
function problemOf(page: Page, { target, line }: Link): string | undefined {
  const [path = "", anchor] = target.split("#");
  const to = path === "" ? page.path : normalize(join(dirname(page.path), path));
  const where = `${page.path}:${line}: ${target}`;
  if (to.startsWith("..") || !existsSync(root + to)) return `${where}: no such file`;
  if (anchor === undefined) return undefined;
  const linked = pages.get(statSync(root + to).isDirectory() ? join(to, "README.md") : to);
  if (linked === undefined) return `${where}: only pages have headings`;
  return linked.anchors.has(anchor) ? undefined : `${where}: no such heading`;
}

describe.each([...pages.values()])("$path", (page) => {
  it("links to files and headings that exist", () => {
    const problems = page.links.filter((link) => !isExternal(link)).map((link) => problemOf(page, link));
    expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
  });

  it("links to other sites by https", () => {
    const others = page.links.filter(isExternal).map(({ target }) => target);
    expect(others.filter((target) => !/^(https:\/\/|mailto:)/.test(target) || !URL.canParse(target))).toEqual(
      [],
    );
  });
});

it("every page of docs is linked from another page", () => {
  const linked = new Set(
    [...pages.values()].flatMap(({ path, links }) =>
      links.map(({ target }) => normalize(join(dirname(path), target.split("#")[0] ?? ""))),
    ),
  );
  const own = [...pages.keys()].filter((path) => path.startsWith("docs/"));
  expect(own.length).toBeGreaterThan(20);
  expect(own.filter((path) => !linked.has(path))).toEqual([]);
});

afterAll(() => {
  if (process.env.COSUP_LINKS !== "1") return;
  const external = [...pages.values()].flatMap(({ links }) => links.filter(isExternal));
  console.log([...new Set(external.map(({ target }) => target))].sort().join("\n"));
});
