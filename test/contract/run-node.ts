// Runs the suite in Node: `node <bundle of this> '<settings as JSON>'`; one verdict per line, as JSON.
import { createNodeRuntime } from "../../packages/node/src/runtime.ts";
import type { Settings } from "./contract.ts";
import { runSuite } from "./run-suite.ts";
import { suite } from "./suite.ts";

const settings = JSON.parse(process.argv[2] ?? "") as Settings;
for await (const verdict of runSuite(suite, createNodeRuntime, settings)) {
  console.log(JSON.stringify(verdict));
}
