// Runs the suite in Node: `node <bundle of this> '<settings as JSON>'`; one verdict per line, as JSON.
import { downloadFile } from "../../packages/node/src/download.ts";
import { createNodeRuntime } from "../../packages/node/src/runtime.ts";
import type { Settings } from "./contract.ts";
import { localFiles } from "./fixtures/local-files.ts";
import { streamModules } from "./fixtures/stream-modules.mjs";
import { runSuite } from "./run-suite.ts";
import { casesNamed } from "./suite.ts";

const settings = JSON.parse(process.argv[2] ?? "") as Settings;
const modules = { ...streamModules, files: localFiles(downloadFile, settings.folder) };
for await (const verdict of runSuite(
  casesNamed(settings.only),
  () => createNodeRuntime(),
  settings,
  modules,
)) {
  console.log(JSON.stringify(verdict));
}
