// Runs the suite in Bun, with its fetch only: `bun <bundle of this> '<settings as JSON>'`; a verdict per line.
import { holdNodeStream } from "@cosup/core/runtime";
import { wasmBytes } from "@cosup/core/wasm-bytes";
import type { Settings } from "./contract.ts";
import { createFetchRuntime } from "./fetch-runtime.ts";
import { streamModules } from "./fixtures/stream-modules.mjs";
import { runSuite } from "./run-suite.ts";
import { casesNamed } from "./suite.ts";

const wasm = await WebAssembly.compile(wasmBytes());
const settings = JSON.parse(process.argv[2] ?? "") as Settings;
for await (const verdict of runSuite(
  casesNamed(settings.only),
  // Bun has Node streams.
  () => ({ ...createFetchRuntime("bun", wasm), holdNodeStream }),
  settings,
  streamModules,
)) {
  console.log(JSON.stringify(verdict));
}
