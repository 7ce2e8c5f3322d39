// Runs the suite with `deno test`, from source, each case with the sanitizers on: what it opens it closes, and what
// it starts it ends. The settings come as an argument, which needs no permission.
import { downloadFile } from "../../packages/deno/download.ts";
import { createDenoRuntime } from "../../packages/deno/runtime.ts";
import type { Settings } from "./contract.ts";
import { localFiles } from "./fixtures/local-files.ts";
import { streamModules } from "./fixtures/stream-modules.mjs";
import { isAbsent, runCase } from "./run-suite.ts";
import { casesNamed } from "./suite.ts";

const settings = JSON.parse(Deno.args[0] ?? "") as Settings;
const modules = { ...streamModules, files: localFiles(downloadFile, settings.folder) };
for (const contract of casesNamed(settings.only)) {
  Deno.test({
    name: contract.name,
    ignore: isAbsent(contract, modules),
    fn: () => runCase(contract, createDenoRuntime, settings, modules),
    sanitizeOps: true,
    sanitizeResources: true,
    sanitizeExit: true,
  });
}
