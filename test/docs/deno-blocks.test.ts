import { existsSync, readFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { binaries } from "../../tools/runtimes/install.mjs";
import { useBigFile } from "./blocks/big-file.ts";
import { pagesWith, runnable } from "./blocks/block.ts";
import { isForUsers, markdownFiles, root } from "./blocks/markdown.ts";
import { type Output, runCommand, runInSandbox } from "./blocks/run-command.ts";
import { openSandbox } from "./blocks/sandbox.ts";
import { checkOutput, outputFolder, replaceAddress, writePrograms } from "./blocks/scripts.ts";

const RUNNER = fileURLToPath(new URL("blocks/page-in-deno.ts", import.meta.url));
const HEADER = '/// <reference types="./globals-deno.d.ts" />';
const pages = pagesWith("deno", markdownFiles().filter(isForUsers));
const deno = existsSync(binaries.deno);
const environment = { DENO_DIR: join(root, ".cache/deno"), DENO_NO_UPDATE_CHECK: "1", NO_COLOR: "1" };

it("has the runtime, in CI", () => {
  expect(deno || process.env.CI !== "true").toBe(true);
});

describe.skipIf(!deno)("the code for Deno in the pages", () => {
  const bigFile = useBigFile();

  it("has the right types", async () => {
    const { code, stderr } = await writeAndCheck();
    expect(code === 0 ? "" : stderr).toBe("");
  }, 600_000);

  it.each(pages.filter(({ programs }) => runnable(programs).length > 0))(
    "runs: $page.path",
    async (page) => {
      const sandbox = await openSandbox(bigFile(), readFileSync(root + page.page.path, "utf8"));
      try {
        const programs = runnable(page.programs);
        const files = programs.map(({ name, language }) => join(outputFolder("deno"), `${name}.${language}`));
        await replaceAddress(files, sandbox);
        const args = ["run", "--allow-all", "--no-check", "--no-prompt", RUNNER, ...files];
        checkOutput(programs, files, await runInSandbox(sandbox, binaries.deno, args, environment));
        expect(sandbox.internet.unknown).toEqual([]);
      } finally {
        await sandbox.close();
      }
    },
    600_000,
  );
});

async function writeAndCheck(): Promise<Output> {
  const files = await writePrograms(
    "deno",
    pages.flatMap(({ programs }) => programs),
    HEADER,
  );
  const globals = new URL("blocks/globals-deno.d.ts", import.meta.url);
  await copyFile(globals, join(outputFolder("deno"), "globals-deno.d.ts"));
  const env = { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "/", ...environment };
  return runCommand(binaries.deno, ["check", RUNNER, ...files], { cwd: root, env });
}
