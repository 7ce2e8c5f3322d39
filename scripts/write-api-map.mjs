// node scripts/write-api-map.mjs: writes the tables of docs/api-map.md from test/contract/document, whose rows are cases of
// the contract suite as well.
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { bundleTest } from "./bundle-test.mjs";

const page = new URL("../docs/api-map.md", import.meta.url);
const { withTables } = await import(
  pathToFileURL(await bundleTest("test/contract/document/api-map.ts")).href
);
writeFileSync(page, withTables(readFileSync(page, "utf8")));
