import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { brokenLink } from "./anchors.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const MIGRATIONS = ["cos-nodejs-sdk-v5", "cos-js-sdk-v5", "cos-python-sdk-v5", "lib-storage"];
/** An English page, and its Chinese one. */
const PAIRS = [
  ["README.md", "README.zh-CN.md"],
  ["docs/cli.md", "docs/zh-CN/cli.md"],
  ...MIGRATIONS.map((name) => [`docs/migration/${name}.md`, `docs/zh-CN/migration-${name}.md`]),
] as [string, string][];

/** What a translation must not change. */
function skeletonOf(path: string) {
  const text = readFileSync(root + path, "utf8");
  const prose = text.replace(/^```[\s\S]*?^```$/gm, "");
  const rows = prose.split("\n").filter((line) => line.startsWith("|"));
  return {
    text,
    /** Comments are translated. */
    code: [...text.matchAll(/^```(\w+)[^\n]*\n([\s\S]*?)^```$/gm)].map(([, language, code = ""]) => [
      language,
      code.replace(/ *(\/\/|#) .*$/gm, ""),
    ]),
    headings: [...prose.matchAll(/^(#+) /gm)].map(([, level = ""]) => level.length),
    /** The code of each row of a table, in any order. */
    rows: rows.map((row) => [...row.matchAll(/`([^`]+)`/g)].map(([, code]) => code).sort()),
    figures: [...prose.matchAll(/\*\*([\d.]+ ×)\*\*|\d{4}-\d\d-\d\d/g)].map(([all]) => all),
  };
}

describe.each(PAIRS)("%s and %s", (english, chinese) => {
  const original = skeletonOf(english);
  const translation = skeletonOf(chinese);

  it("have the same code", () => {
    expect(translation.code).toEqual(original.code);
  });

  it("have the same headings", () => {
    expect(translation.headings).toEqual(original.headings);
  });

  it("have the same rows in their tables", () => {
    expect(translation.rows).toEqual(original.rows);
  });

  it("have the same figures", () => {
    expect(translation.figures).toEqual(original.figures);
  });

  it("is Chinese, and its links lead somewhere", () => {
    const han = translation.text.match(/\p{Script=Han}/gu)?.length ?? 0;
    expect(han).toBeGreaterThan(200);
    const links = [...translation.text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link = ""]) => link);
    expect(links.flatMap((link) => brokenLink(root + chinese, link) ?? [])).toEqual([]);
  });
});
