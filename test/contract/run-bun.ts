// Runs the suite in Bun: `bun <bundle of this> '<settings as JSON>'`; a verdict per line. Its fetch is the transport, but of
// the cases with files: programs in Bun download with @cosup/node.
import { holdNodeStream, type Runtime } from "@cosup/core/runtime";
import { wasmBytes } from "@cosup/core/wasm-bytes";
import { downloadFile } from "../../packages/node/src/download.ts";
import { createNodeRuntime } from "../../packages/node/src/runtime.ts";
import type { ContractCase, Settings } from "./contract.ts";
import { createFetchRuntime } from "./fetch-runtime.ts";
import { localFiles } from "./fixtures/local-files.ts";
import { streamModules } from "./fixtures/stream-modules.mjs";
import { runSuite } from "./run-suite.ts";
import { casesNamed } from "./suite.ts";

const wasm = await WebAssembly.compile(wasmBytes());
const settings = JSON.parse(process.argv[2] ?? "") as Settings;
const modules = { ...streamModules, files: localFiles(downloadFile, settings.folder) };

function newRuntime({ needs }: ContractCase): Runtime {
  if (needs === "files") return createNodeRuntime();
  // Bun has Node streams.
  return { ...createFetchRuntime("bun", wasm), holdNodeStream };
}

for await (const verdict of runSuite(casesNamed(settings.only), newRuntime, settings, modules)) {
  console.log(JSON.stringify(verdict));
}
