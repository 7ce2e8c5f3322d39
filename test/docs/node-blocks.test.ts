import { readFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { useBigFile } from "./blocks/big-file.ts";
import { pagesWith, runnable } from "./blocks/block.ts";
import { isForUsers, markdownFiles, root } from "./blocks/markdown.ts";
import { runInSandbox } from "./blocks/run-command.ts";
import { openSandbox } from "./blocks/sandbox.ts";
import { checkOutput, outputFolder, replaceAddress, typecheck, writePrograms } from "./blocks/scripts.ts";

const RUNNER = fileURLToPath(new URL("blocks/page-in-node.mjs", import.meta.url));
const pages = pagesWith("node", markdownFiles().filter(isForUsers));

// The sandbox is made for POSIX systems.
describe.skipIf(process.platform === "win32")("the code for Node in the pages", () => {
  const bigFile = useBigFile();
  let diagnostics: string;

  beforeAll(async () => {
    const files = await writePrograms(
      "node",
      pages.flatMap(({ programs }) => programs),
    );
    const globals = join(outputFolder("node"), "globals.d.ts");
    await copyFile(new URL("blocks/globals.d.ts", import.meta.url), globals);
    diagnostics = await typecheck("node", [...files, globals], { types: ["node"] });
  }, 600_000);

  it("has the right types", () => {
    expect(diagnostics).toBe("");
  });

  describe.concurrent("runs", () => {
    it.each(pages.filter(({ programs }) => runnable(programs).length > 0))(
      "$page.path",
      async (page) => {
        const sandbox = await openSandbox(bigFile(), readFileSync(root + page.page.path, "utf8"));
        try {
          const programs = runnable(page.programs);
          const files = programs.map(({ name }) => join(outputFolder("node"), "out", `${name}.js`));
          await replaceAddress(files, sandbox);
          const args = ["--enable-source-maps", RUNNER, ...files];
          checkOutput(programs, files, await runInSandbox(sandbox, process.execPath, args));
          expect(sandbox.internet.unknown).toEqual([]);
        } finally {
          await sandbox.close();
        }
      },
      600_000,
    );
  });
});
