import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { createProgram } from "../../packages/cli/src/program.ts";

const page = readFileSync(fileURLToPath(new URL("../../docs/cli.md", import.meta.url)), "utf8");
const program = createProgram(() => {});
type Command = typeof program;

function flagsOf(command: Command): string[] {
  return [
    ...command.options.flatMap(({ short, long }) => [short, long]),
    ...command.commands.flatMap((each) => flagsOf(each)),
  ].filter((flag) => flag !== undefined && flag !== null);
}

it("docs/cli.md has every flag of every command, and no other", () => {
  const flags = new Set([...flagsOf(program), "--help", "-h"]);
  const prose = page.replace(/^```[\s\S]*?^```$/gm, "");
  const spans = [...prose.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
  const words = spans.flatMap((span) => span.match(/(?<![\w-])--?[a-z0][\w-]*/g) ?? []);
  // `-vv` is `-v` twice.
  const named = new Set(words.map((word) => word.replace(/^-(\w)\1$/, "-$1")));
  expect(flags.size).toBeGreaterThan(35);
  expect([...flags].filter((flag) => !named.has(flag) && !["-V"].includes(flag))).toEqual([]);
  // A short flag that counts may stand twice: -vv.
  const once = [...named].map((flag) => flag.replace(/^-(\w)\1+$/, "-$1"));
  expect(once.filter((flag) => !flags.has(flag))).toEqual([]);
});

it("docs/cli.md has every exit code", () => {
  const [, codes = ""] = page.split("## Exit codes");
  expect([...codes.matchAll(/\d+/g)].map(([code]) => Number(code))).toEqual([
    0, 1, 2, 3, 4, 5, 6, 7, 8, 130, 143,
  ]);
});
