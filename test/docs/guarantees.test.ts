import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string): string => readFileSync(`${root}${path}`, "utf8");
const words = [...read("docs/guarantees.md").matchAll(/`([^`]+)`/g)].map(([, word = ""]) => word);

test("every test that docs/guarantees.md names exists", () => {
  const paths = words.filter((word) => /^(test|packages)\//.test(word));
  expect(paths.length).toBeGreaterThan(30);
  expect(paths.filter((path) => !existsSync(`${root}${path}`))).toEqual([]);
});

test("every command that docs/guarantees.md names exists", () => {
  const { scripts } = JSON.parse(read("package.json")) as { readonly scripts: Record<string, string> };
  const commands = words.flatMap((word) => /^npm run (\S+)/.exec(word)?.[1] ?? []);
  expect(commands.length).toBeGreaterThan(3);
  expect(commands.filter((name) => scripts[name] === undefined)).toEqual([]);
});
