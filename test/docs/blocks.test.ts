import { describe, expect, it } from "vitest";
import { blockOf, programsOf } from "./blocks/block.ts";
import { isForUsers, markdownFiles, readPage } from "./blocks/markdown.ts";

const pages = markdownFiles().filter(isForUsers);

it("finds the pages", () => {
  expect(pages).toContain("README.md");
  expect(pages.length).toBeGreaterThan(12);
});

describe.each(pages)("%s", (path) => {
  const page = readPage(path);

  it("has only blocks that are run, or that say why not", () => {
    const problems = page.fences.flatMap((fence) => {
      try {
        blockOf(path, fence);
        return [];
      } catch (error) {
        return [String(error)];
      }
    });
    expect(problems).toEqual([]);
  });

  it("has no code that is only indented, because it has no language", () => {
    expect(page.indented).toEqual([]);
  });

  it("has JSON that can be parsed", () => {
    for (const { blocks } of programsOf(page, "parse"))
      for (const { text, language, noRun } of blocks) {
        const documents = language === "jsonl" ? text.trimEnd().split("\n") : [text];
        if (noRun === undefined)
          for (const each of documents) expect(() => JSON.parse(each), each).not.toThrow();
      }
  });
});
