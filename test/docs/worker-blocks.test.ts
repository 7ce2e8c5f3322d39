import { existsSync, readFileSync } from "node:fs";
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { useBigFile } from "./blocks/big-file.ts";
import { pagesWith, runnable, sourceOf } from "./blocks/block.ts";
import { claimsOf, isShown } from "./blocks/claims.ts";
import { isForUsers, markdownFiles, root } from "./blocks/markdown.ts";
import { openSandbox } from "./blocks/sandbox.ts";
import { outputFolder, typecheck, writePrograms } from "./blocks/scripts.ts";
import { bundleWorker, runWorker, workerTools } from "./blocks/worker.ts";

const programs = pagesWith("worker", markdownFiles().filter(isForUsers)).flatMap((page) => page.programs);
const installed = existsSync(join(workerTools, "node_modules/miniflare"));
/** What the types of the runtime need: wrangler's, instead of those of Node. */
const OPTIONS = {
  module: "ESNext",
  moduleResolution: "Bundler",
  lib: ["ES2023"],
  typeRoots: [join(workerTools, "node_modules/@cloudflare")],
  types: ["workers-types/2023-07-01"],
  noImplicitOverride: true,
};

it("has the runtime, in CI", () => {
  expect(installed || process.env.CI !== "true").toBe(true);
});

describe.skipIf(!installed)("the Workers in the pages", () => {
  const bigFile = useBigFile();
  let diagnostics: string;

  beforeAll(async () => {
    const files = await writePrograms("worker", programs);
    const globals = join(outputFolder("worker"), "globals-worker.d.ts");
    await copyFile(new URL("blocks/globals-worker.d.ts", import.meta.url), globals);
    diagnostics = await typecheck("worker", [...files, globals], OPTIONS);
  }, 600_000);

  it("have the right types", () => {
    expect(diagnostics).toBe("");
  });

  it.each(runnable(programs))(
    "run: $name",
    async (program) => {
      const text = sourceOf(program);
      const sandbox = await openSandbox(bigFile(), readFileSync(root + program.page, "utf8"));
      try {
        const file = join(outputFolder("worker"), `${program.name}.${program.language}`);
        const { status, body } = await runWorker(await bundleWorker(file), text, sandbox);
        expect(status, body).toBeLessThan(400);
        for (const claim of claimsOf(text)) expect(isShown(claim, body), `${claim}\n${body}`).toBe(true);
      } finally {
        await sandbox.close();
      }
    },
    600_000,
  );
});
