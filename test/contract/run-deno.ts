// Runs the suite with `deno test`, from source, each case with the sanitizers on: what it opens it closes, and what
// it starts it ends. The settings come as an argument, which needs no permission.
import { createDenoRuntime } from "../../packages/deno/runtime.ts";
import type { Settings } from "./contract.ts";
import { streamModules } from "./fixtures/stream-modules.mjs";
import { isAbsent, runCase } from "./run-suite.ts";
import { casesNamed } from "./suite.ts";

const settings = JSON.parse(Deno.args[0] ?? "") as Settings;
for (const contract of casesNamed(settings.only)) {
  Deno.test({
    name: contract.name,
    ignore: isAbsent(contract, streamModules),
    fn: () => runCase(contract, createDenoRuntime, settings, streamModules),
    sanitizeOps: true,
    sanitizeResources: true,
    sanitizeExit: true,
  });
}
