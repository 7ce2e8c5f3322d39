import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(`${root}docs/integrations.md`, "utf8");
const blocks = [
  ...page.matchAll(/^```typescript no-run: (examples\/integrations\/\S+), [^\n]+\n([\s\S]*?)^```$/gm),
];

it("docs/integrations.md has every example, and nothing else", () => {
  expect(blocks).toHaveLength(8);
  expect(page.match(/^```/gm)).toHaveLength(2 * blocks.length);
});

it.each(blocks.map(([, path = "", code = ""]) => [path, code]))("its code is %s", (path, code) => {
  expect(existsSync(root + path)).toBe(true);
  expect(code).toBe(readFileSync(root + path, "utf8"));
  expect(code.split("\n").length).toBeLessThanOrEqual(61);
});
