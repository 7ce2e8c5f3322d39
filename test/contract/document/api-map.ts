import { DEVIATIONS } from "./deviations.ts";
import { FIELDS } from "./fields.ts";
import { PARAMETERS } from "./parameters.ts";

/** The generated tables of docs/api-map.md, by the names in their markers. */
export const TABLES: Readonly<Record<string, string>> = {
  parameters: table(
    ["document method", "parameter", "ours", "parameter", "sent as", "note"],
    PARAMETERS.map(({ document, parameter, method, ours, sent, note }) => {
      return [document, parameter, method, ours, place(sent), note];
    }),
  ),
  fields: table(
    ["document method", "field", "ours"],
    FIELDS.map(({ document, field, ours }) => [document, field, ours]),
  ),
  deviations: table(
    ["what", "Python SDK", "Node SDK", "ours"],
    DEVIATIONS.map(({ what, python, node, ours }) => [what, python, node, ours]),
  ),
};

/** The page with its generated tables replaced. They stand between `<!-- table: NAME -->` and `<!-- end -->`. */
export function withTables(page: string): string {
  const replaced = new Set<string>();
  const text = page.replace(/<!-- table: (\w+) -->\n[\s\S]*?<!-- end -->/g, (_whole, name: string) => {
    const rows = TABLES[name];
    if (rows === undefined) throw new Error(`there is no table ${name}`);
    replaced.add(name);
    return `<!-- table: ${name} -->\n\n${rows}\n\n<!-- end -->`;
  });
  for (const name of Object.keys(TABLES))
    if (!replaced.has(name)) throw new Error(`the page has no table ${name}`);
  return text;
}

function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(heading), `|${"---|".repeat(heading.length)}`, ...rows.map(line)].join("\n");
}

/** Where the request has a parameter. */
function place(sent: string): string {
  if (sent.startsWith("?")) return `query \`${sent.slice(1)}\``;
  if (sent === "metadata") return "headers `x-cos-meta-…`";
  if (sent === "source") return "header `x-cos-copy-source`";
  if (sent === "length") return "length of the body";
  return /^[a-z]+(-[a-z\d]+)+$|^expires$/.test(sent) ? `header \`${sent}\`` : sent;
}
