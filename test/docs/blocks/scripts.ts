import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Program, sourceOf } from "./block.ts";
import { claimsOf, missingClaim } from "./claims.ts";
import { root } from "./markdown.ts";
import { type Output, runCommand, splitOutput } from "./run-command.ts";
import type { Sandbox } from "./sandbox.ts";

/** Where the programs of a runner are written. It is ignored by git, and below the root, so that imports find packages. */
export function outputFolder(runner: string): string {
  return join(root, ".cache/docs", runner);
}

/** Writes each program as a file with the page's line numbers. */
export async function writePrograms(
  runner: string,
  programs: readonly Program[],
  header = "",
  suffix = "",
): Promise<string[]> {
  const folder = outputFolder(runner);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), '{"type":"module"}\n');
  const files = programs.map((program) => join(folder, `${program.name}${suffix}.${program.language}`));
  for (const [index, program] of programs.entries())
    await writeFile(files[index] ?? "", sourceOf(program, header));
  return files;
}

/** Type checks with the strict options; emits JavaScript to `out` if asked. @returns the diagnostics, or "" */
export async function typecheck(
  runner: string,
  files: readonly string[],
  options: Readonly<Record<string, unknown>>,
): Promise<string> {
  const folder = outputFolder(runner);
  const compilerOptions = {
    target: "ES2022",
    lib: ["ES2023"],
    module: "NodeNext",
    strict: true,
    exactOptionalPropertyTypes: true,
    noUncheckedIndexedAccess: true,
    skipLibCheck: true,
    allowJs: true,
    inlineSourceMap: true,
    rootDir: folder,
    outDir: join(folder, "out"),
    ...options,
  };
  const config = join(folder, "tsconfig.json");
  await writeFile(config, JSON.stringify({ compilerOptions, files }));
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  const { stdout } = await runCommand(process.execPath, [tsc, "-p", config], { cwd: root });
  return stdout;
}

/** Replaces the addresses of an emulator and of a proxy, which the pages name, by those of the sandbox. */
export async function replaceAddress(
  files: readonly string[],
  { emulator, internet }: Sandbox,
): Promise<void> {
  for (const file of files) {
    const text = (await readFile(file, "utf8")).replaceAll("127.0.0.1:9000", `127.0.0.1:${emulator.port}`);
    await writeFile(file, text.replaceAll("http://proxy.example.com:3128", internet.url));
  }
}

/**
 * Compares the output of a page's programs with what the page says that they print.
 * @throws naming the program that failed or printed something else
 */
export function checkOutput(
  programs: readonly Program[],
  files: readonly string[],
  { code, stdout, stderr }: Output,
): void {
  const outputs = splitOutput(stdout);
  const last = [...outputs.keys()].at(-1);
  if (code !== 0 || outputs.size < files.length)
    throw new Error(`${last ?? files[0]} ended with ${code}\n${stdout.slice(-2000)}\n${stderr.slice(-4000)}`);
  for (const [index, program] of programs.entries()) {
    const printed = outputs.get(files[index] ?? "") ?? "";
    const missing = missingClaim(claimsOf(sourceOf(program)), printed);
    if (missing !== undefined)
      throw new Error(`${program.name} did not print: ${missing}\nIt printed:\n${printed}`);
  }
}
