import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CASES, cellOf, type WireFiles } from "./wire-cases.ts";

/** Writes the table. Needs a Python whose PYTHONPATH has the SDK; `PYTHON` names it. */
const WRITES = process.env.COSUP_WRITE_WIRE === "1";
const PAGE = new URL("../../../docs/migration/on-the-wire.md", import.meta.url);
const TABLE = /(<!-- wire -->\n)[\s\S]*?(<!-- end -->)/;
const HEAD = ["", "cosup", "Node SDK", "Python SDK", "JS SDK (read)", "Go SDK (read)"];

let folder: string;
let files: WireFiles;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cosup-wire-"));
  files = { small: join(folder, "small.jpg"), large: join(folder, "large.jpg") };
  writeFileSync(files.small, Buffer.alloc(1000, 1));
  writeFileSync(files.large, Buffer.alloc(21 * 1024 * 1024, 1));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("docs/migration/on-the-wire.md says what the clients send", async () => {
  const page = readFileSync(PAGE, "utf8");
  const rows: string[] = [];
  for (const each of CASES) {
    const written = cellsOf(page, each.what);
    const [ours, node] = [await cellOf("ours", each, files), await cellOf("node", each, files)];
    const python = WRITES ? await cellOf("python", each, files) : (written[2] ?? "");
    rows.push(row([each.what, ours, node, python, each.js, each.go]));
  }
  const table = [row(HEAD), `|${"---|".repeat(HEAD.length)}`, ...rows].join("\n");
  const now = page.replace(TABLE, (_, begin: string, end: string) => `${begin}${table}\n${end}`);
  if (WRITES) writeFileSync(PAGE, now);
  expect(now).toBe(WRITES ? now : page);
});

const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`.replace("|  |", "| |");

/** The cells of a row after its first. */
function cellsOf(page: string, what: string): readonly string[] {
  const found = page.split("\n").find((text) => text.startsWith(`| ${what} |`));
  return (found ?? "").split(" | ").slice(1);
}
