// Runs the suite in Node: `node <bundle of this> '<settings as JSON>'`; one verdict per line, as JSON.
import { createNodeRuntime } from "../../packages/node/src/runtime.ts";
import type { Settings } from "./contract.ts";
import { streamModules } from "./fixtures/stream-modules.mjs";
import { runSuite } from "./run-suite.ts";
import { casesNamed } from "./suite.ts";

const settings = JSON.parse(process.argv[2] ?? "") as Settings;
for await (const verdict of runSuite(casesNamed(settings.only), createNodeRuntime, settings, streamModules)) {
  console.log(JSON.stringify(verdict));
}
