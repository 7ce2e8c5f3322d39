import { columns } from "../harness/table.mjs";

/**
 * @param {{ this: { path: string, commit: string }, other: { path: string, commit: string }, worseAbove: number,
 *   interval: string, rows: readonly import("./compare.mjs").Comparison[] }} report
 */
export function printComparison({ this: ours, other, rows, interval, worseAbove }) {
  console.log(`this:  ${ours.path} (${ours.commit})`);
  console.log(`other: ${other.path} (${other.commit})`);
  console.log(`this / other, interval: ${interval}; worse when it lies wholly above ${worseAbove}`);
  const head = ["bench", "ratio", "interval", "pairs", "verdict", "this", "other", "what"];
  const cells = rows.map((row) => [
    row.bench,
    row.ratio.toFixed(3),
    `${row.low.toFixed(3)} … ${row.high.toFixed(3)}`,
    String(row.pairs),
    row.verdict,
    row.this.toPrecision(3),
    row.other.toPrecision(3),
    row.unit,
  ]);
  for (const line of columns([head, ...cells])) console.log(line);
}
