import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));

it("the examples pass TypeScript's strict checks, with the built packages", () => {
  const tsc = `${root}node_modules/typescript/bin/tsc`;
  const run = () => execFileSync(process.execPath, [tsc, "-p", "examples/integrations"], { cwd: root });
  expect(run).not.toThrow();
});
