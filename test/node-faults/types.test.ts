import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const here = fileURLToPath(new URL(".", import.meta.url));
const tsc = fileURLToPath(new URL("../../node_modules/.bin/tsc", import.meta.url));

/** A program of a user. It uses only names that all of the settings know. */
const PROGRAM = (name: string): string => `
  import { CosClient, CosError, isCosError, type CosOptions } from "${name}";
  import type { Runtime } from "@cosup/core/runtime";
  const options: CosOptions = { Region: "ap-guangzhou", SecretId: "id", SecretKey: "key", Token: null };
  export const open = (runtime: Runtime): CosClient => new CosClient(runtime, options);
  export const codeOf = (error: unknown): string => (isCosError(error) ? error.code : "");
  export const isOurs = (error: unknown): boolean => error instanceof CosError;
`;

/** What the compiler says about a program that checks the types of libraries too. */
async function complaints(text: string, compilerOptions: object): Promise<string> {
  // In this folder, from which the packages resolve as for a user, to their built types.
  const folder = await mkdtemp(join(here, ".types-"));
  const options = { target: "ES2023", module: "NodeNext", strict: true, noEmit: true, skipLibCheck: false };
  try {
    await writeFile(join(folder, "package.json"), '{ "type": "module" }');
    await writeFile(join(folder, "program.ts"), text);
    const config = { compilerOptions: { ...options, ...compilerOptions }, include: ["program.ts"] };
    await writeFile(join(folder, "tsconfig.json"), JSON.stringify(config));
    await run(tsc, ["-p", folder]);
    return "";
  } catch (error) {
    return String((error as { stdout?: string }).stdout ?? error);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

test.each([
  ["@cosup/core", "Node's types, and none of a browser", { lib: ["ES2023"], types: ["node"] }],
  ["@cosup/node", "Node's types, and none of a browser", { lib: ["ES2023"], types: ["node"] }],
  ["@cosup/node", "those of Node and of a browser", { lib: ["ES2023", "DOM"], types: ["node"] }],
  ["@cosup/core", "those of a browser alone", { lib: ["ES2023", "DOM"], types: [] }],
  ["@cosup/core", "those of a worker alone", { lib: ["ES2023", "WebWorker"], types: [] }],
])("the types of %s compile with %s, libraries checked", async (name, _, options) => {
  expect(await complaints(PROGRAM(name), options)).toBe("");
});
