import { readFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM_HOOK_MS, hasChromium } from "../fixtures/chromium.ts";
import { useBigFile } from "./blocks/big-file.ts";
import { type Program, pagesWith, runnable, sourceOf } from "./blocks/block.ts";
import { type Pages, runInChromium } from "./blocks/browser.ts";
import { claimsOf } from "./blocks/claims.ts";
import { isForUsers, markdownFiles, root } from "./blocks/markdown.ts";
import { openSandbox, type Sandbox } from "./blocks/sandbox.ts";
import { outputFolder, replaceAddress, typecheck, writePrograms } from "./blocks/scripts.ts";

const found = pagesWith("browser", markdownFiles().filter(isForUsers));
const programs = found.flatMap((page) => page.programs);
const OPTIONS = {
  module: "ESNext",
  moduleResolution: "Bundler",
  lib: ["ES2023", "DOM", "DOM.Iterable"],
  types: [],
};

/** Runs the programs in Chromium. @returns what waits for the end of one */
function usePages(files: () => readonly string[]): (program: Program) => Promise<void> | undefined {
  const bigFile = useBigFile();
  let sandbox: Sandbox | undefined;
  let pages: Pages | undefined;
  beforeAll(async () => {
    const texts = found.map(({ page }) => readFileSync(root + page.path, "utf8"));
    sandbox = await openSandbox(bigFile(), texts.join("\n"));
    const running = files().filter((_file, index) => programs[index]?.noRun === undefined);
    await replaceAddress(running, sandbox);
    const claims = runnable(programs).map((each) => [each.name, claimsOf(sourceOf(each))] as const);
    pages = await runInChromium(running, new Map(claims), sandbox);
  }, CHROMIUM_HOOK_MS);
  afterAll(async () => {
    await pages?.close();
    await sandbox?.close();
  }, CHROMIUM_HOOK_MS);
  return ({ name }) => pages?.ended(name);
}

describe("the code for browsers in the pages", () => {
  let files: string[];
  let diagnostics: string;
  beforeAll(async () => {
    files = await writePrograms("browser", programs);
    const globals = join(outputFolder("browser"), "globals-browser.d.ts");
    await copyFile(new URL("blocks/globals-browser.d.ts", import.meta.url), globals);
    diagnostics = await typecheck("browser", [...files, globals], OPTIONS);
  }, 600_000);

  it("has the right types", () => {
    expect(diagnostics).toBe("");
  });

  describe.skipIf(!hasChromium)("runs in Chromium", () => {
    const run = usePages(() => files);
    it.each(runnable(programs))("$name", run, 600_000);
  });
});
