import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { pagesWith, runnable } from "../docs/blocks/block.ts";
import { isForUsers, markdownFiles } from "../docs/blocks/markdown.ts";
import { errorTexts, literalTexts, type SourceText } from "./source-texts.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
/** Words in a row that a test must have of a text. */
const ENOUGH = 4;

/** Files of the repository, new ones too: path and text. */
function filesOf(...places: readonly string[]): [path: string, text: string][] {
  const words = ["ls-files", "--cached", "--others", "--exclude-standard", "--", ...places];
  return execFileSync("git", words, { cwd: root, encoding: "utf8" })
    .split("\n")
    .filter((path) => path.endsWith(".ts"))
    .map((path) => [path, readFileSync(root + path, "utf8")]);
}

const oneLine = (text: string): string => text.replace(/\s+/g, " ");

/** What tests expect, and what the commands of the pages print. */
function knownTexts(): string {
  const tests = filesOf("test/cli", "packages/cli/test", "test/node-faults", "test/secrets")
    .filter(([path]) => !/(error|source)-texts/.test(path))
    .flatMap(([, text]) => literalTexts(text));
  const blocks = pagesWith("shell", markdownFiles().filter(isForUsers))
    .flatMap(({ programs }) => runnable(programs))
    .flatMap((program) => program.blocks.map(({ text }) => text));
  return [...tests, ...blocks].map(oneLine).join("\n");
}

/** What of a text a test can be known by: each four words in a row, or the longest part where all are shorter. */
function marksOf({ parts }: SourceText): string[] {
  const words = parts.map((part) => part.split(/\s+/)).sort((one, other) => other.length - one.length);
  const [longest = []] = words;
  if (longest.length <= ENOUGH) return [longest.join(" ")];
  return words.flatMap((all) =>
    all.slice(ENOUGH - 1).map((_, first) => all.slice(first, first + ENOUGH).join(" ")),
  );
}

it("every error text of the command line stands in a test that produces it", () => {
  const known = knownTexts();
  const texts = filesOf("packages/cli/src")
    .filter(([path]) => !path.includes("/zh-cn/"))
    .flatMap(([path, text]) => errorTexts(path, text));
  expect(texts.length).toBeGreaterThan(200);
  const unknown = texts.filter((text) => !marksOf(text).some((mark) => known.includes(mark)));
  expect(unknown.map(({ place, parts }) => `${place}: ${parts.join("…")}`)).toEqual([]);
});

it("texts are found behind names, conditions, tables and functions", () => {
  const source = `
    const TABLE: Record<string, string> = { a: "of a table" };
    const why = code === 1 ? "by a condition" : messageOf(error);
    function told(): string { return "by a function" + " and more words"; }
    class Refusal extends Error { constructor() { super("of a class") } }
    throw new ArgumentTypeError("name", \`given all of \${count} times, \${why}\`);
    writeError(told()); const finding = { check: "dns", message: TABLE[key], advice: "one" };
    program.option("--flag", "of the help");`;
  expect(errorTexts("x.ts", source).map(({ parts }) => parts.join("…"))).toEqual([
    "of a class",
    "given all of…times,…",
    "by a condition",
    "by a function",
    "and more words",
    "of a table",
  ]);
});
