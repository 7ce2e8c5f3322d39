// What scripts/test-model.mjs runs: searches, prints the figures and the histories that show the seeded mistakes, and
// writes both into docs/model.md when the bound is large.
import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type BoundName, mistakesInWords, rows } from "./report.ts";

const { values } = parseArgs({ options: { bound: { type: "string", default: "small" } } });
if (values.bound !== "small" && values.bound !== "large") {
  throw new RangeError("--bound: small or large");
}
const bound: BoundName = values.bound;
const table = rows(bound);
const [head = [], ...body] = table;
const lines = [head, head.map((_, n) => (n === 0 ? "---" : "--:")), ...body].map(
  (cells) => `| ${cells.join(" | ")} |`,
);
const text = [
  ...lines,
  "",
  "Seeded mistakes, each with the shortest history that shows it:",
  ...mistakesInWords(),
].join("\n");
console.log(text);
if (bound === "large") {
  const page = "docs/model.md";
  const [before, , after] = readFileSync(page, "utf8").split(/<!-- (?:figures|end) -->/);
  writeFileSync(page, `${before}<!-- figures -->\n\n${text}\n\n<!-- end -->${after}`);
}
