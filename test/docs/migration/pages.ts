import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** One call in two SDKs, as a page shows it. */
export interface CallRow {
  readonly theirs: string;
  readonly ours: string;
}

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The text of a page below docs/migration. */
export function readPage(name: string): string {
  return readFileSync(`${root}docs/migration/${name}`, "utf8");
}

/** The rows of all tables with three columns, `theirs | cosup | what differs`: each of the first two cells is code. */
export function callRows(page: string, theirs: string): CallRow[] {
  const rows: CallRow[] = [];
  let inTable = false;
  for (const line of page.split("\n")) {
    if (line === `| ${theirs} | cosup | what differs |`) inTable = true;
    else if (!line.startsWith("|")) inTable = false;
    else if (inTable && !/^\|-/.test(line)) {
      const cells = /^\| `([^`]+)` \| `([^`]+)` \| .*\|$/.exec(line);
      if (cells === null) throw new Error(`the first two cells of this row are not code: ${line}`);
      rows.push({ theirs: cells[1] ?? "", ours: cells[2] ?? "" });
    }
  }
  return rows;
}

/** The fenced blocks of a language, with the line on which each begins. */
export function codeBlocks(
  page: string,
  language: string,
): { readonly line: number; readonly code: string }[] {
  const found = page.matchAll(/^```(\w+)[^\n]*\n([\s\S]*?)^```$/gm);
  return [...found]
    .filter(([, name]) => name === language)
    .map((match) => ({
      line: page.slice(0, match.index).split("\n").length,
      code: match[2] ?? "",
    }));
}

/** Every word of a page that is written as code. */
export function codeWords(page: string): Set<string> {
  const spans = [...page.matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
  return new Set(spans.flatMap((span) => span.match(/[A-Za-z0-9_…]+/g) ?? []));
}
