import { expect, it } from "vitest";
import { plainBuiltins } from "../../scripts/plain-builtins.mjs";

const chunk = { type: "chunk", path: "index.js" };

function rewritten(code: string): string {
  const plugin = plainBuiltins();
  const context = {} as ThisParameterType<NonNullable<typeof plugin.renderChunk>>;
  const result = plugin.renderChunk?.call(context, code, chunk as never);
  return (result as { code: string }).code;
}

it.each([
  [`import{open,stat as s}from"node:fs/promises";`, "{open,stat : s}", "node:fs/promises"],
  [`import {\n  open\n} from "node:fs";`, "{\n  open\n}", "node:fs"],
  [`import*as fs from"node:fs";`, "fs", "node:fs"],
  [`import fs from"node:fs";`, "fs", "node:fs"],
])("takes %s from the process", (code, target, module) => {
  const declaration = `const ${target}=process.getBuiltinModule("${module}");`;
  expect(rewritten(`${code}use()`)).toBe(`${declaration}use()`);
});

it("takes a default import and names from the same module", () => {
  expect(rewritten(`import fs,{open}from"node:fs";`)).toBe(
    `const fs=process.getBuiltinModule("node:fs"),{open}=process.getBuiltinModule("node:fs");`,
  );
});

it("leaves other imports as they are", () => {
  const code = `import{a}from"a";const b=()=>import("node:fs");export{a,b};`;
  expect(rewritten(code)).toBe(code);
});

it("gives code that runs", async () => {
  const code = rewritten(
    `import{join as j}from"node:path";import os from"node:os";export const r=[j("a","b"),typeof os.EOL];`,
  );
  const { r } = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  expect(r).toEqual(["a/b", "string"]);
});
