import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { pagesWith, runnable } from "./blocks/block.ts";
import { isForUsers, markdownFiles, root } from "./blocks/markdown.ts";
import { runCommand } from "./blocks/run-command.ts";
import { outputFolder, typecheck, writePrograms } from "./blocks/scripts.ts";

const programs = pagesWith("vitest", markdownFiles().filter(isForUsers)).flatMap((page) => page.programs);

describe("the tests for vitest in the pages", () => {
  it("have the right types, and pass", async () => {
    expect(runnable(programs)).not.toEqual([]);
    const files = await writePrograms("vitest", programs, "", ".test");
    expect(await typecheck("vitest", files, { types: ["node"], noEmit: true })).toBe("");
    // Without a file of its own, vitest would find the configuration of this repository.
    await writeFile(
      join(outputFolder("vitest"), "vitest.config.js"),
      "export default { test: { testTimeout: 60_000, hookTimeout: 60_000 } };\n",
    );
    const vitest = join(root, "node_modules/vitest/vitest.mjs");
    const args = [vitest, "run", "--root", outputFolder("vitest"), "--reporter=json"];
    const { stdout, stderr } = await runCommand(process.execPath, args, { cwd: outputFolder("vitest") });
    expect(stdout, stderr).toContain("{");
    const report = JSON.parse(stdout.slice(stdout.indexOf("{"))) as {
      numPassedTests: number;
      success: boolean;
    };
    expect(report.success, stdout + stderr).toBe(true);
    expect(report.numPassedTests).toBeGreaterThanOrEqual(runnable(programs).length);
  }, 600_000);
});
