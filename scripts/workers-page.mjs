// The part of docs/runtimes.md about the Workers tests with each miniflare, written by the run that has tried them all.
import { readFileSync, writeFileSync } from "node:fs";
import { root } from "./bootstrap.mjs";

const PAGE = `${root}docs/runtimes.md`;
const SECTION = /<!-- miniflare -->\n[\s\S]*?<!-- end -->/;
const EMPTY = "<!-- miniflare -->\n<!-- end -->";

/**
 * @typedef {object} WorkersReport
 * @property {string} miniflare
 * @property {string} workerd
 * @property {string} wrangler
 * @property {string} node the Node that ran it
 * @property {number} passed
 * @property {number} failed
 */

/** The part as it is now: who writes the rest of the page keeps it. */
export function workersSection() {
  return SECTION.exec(readFileSync(PAGE, "utf8"))?.[0] ?? EMPTY;
}

/**
 * @param {readonly WorkersReport[]} reports
 * @param {Record<string, Record<string, string>>} differences what a test sees, by the first number of the version
 */
export function writeWorkersSection(reports, differences) {
  const rows = reports.map(
    ({ miniflare, workerd, wrangler, node, passed, failed }) =>
      `| ${miniflare} | ${workerd} | ${wrangler} | ${node} | ${passed} | ${failed} |`,
  );
  const seen = Object.entries(differences).map(
    ([what, { 4: four, 5: five }]) => `| ${what} | ${four} | ${five} |`,
  );
  const section = `<!-- miniflare -->
| miniflare | workerd | wrangler | run by Node | passed | failed |
|---|---|---|---|---|---|
${rows.join("\n")}

| what differs | miniflare 4 | miniflare 5 |
|---|---|---|
${seen.join("\n")}
<!-- end -->`;
  writeFileSync(
    PAGE,
    readFileSync(PAGE, "utf8").replace(SECTION, () => section),
  );
}
