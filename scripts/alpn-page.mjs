// The table of docs/runtimes.md that says what each runtime offers by ALPN, written by the run that has tried them all.
import { readFileSync, writeFileSync } from "node:fs";
import { root } from "./bootstrap.mjs";

/** The case of the contract whose handshakes are noted. */
export const HANDSHAKE_CASE = "a server whose certificate no authority has issued gets no object";
const PAGE = `${root}docs/runtimes.md`;
const SECTION = /<!-- alpn -->\n[\s\S]*?<!-- end alpn -->/;
const EMPTY = "<!-- alpn -->\n<!-- end alpn -->";

/** The table as it is now: who writes the rest of the page keeps it. */
export function alpnSection() {
  return SECTION.exec(readFileSync(PAGE, "utf8"))?.[0] ?? EMPTY;
}

/** @param {readonly { name: string, cosup?: string, fetch?: string }[]} offers of each runtime */
export function writeAlpnSection(offers) {
  const rows = offers.map(({ name, cosup, fetch }) => `| ${name} | ${cosup} | ${fetch} |`);
  const section = `<!-- alpn -->
| runtime | cosup | its \`fetch\` |
|---|---|---|
${rows.join("\n")}
<!-- end alpn -->`;
  const page = readFileSync(PAGE, "utf8");
  writeFileSync(PAGE, SECTION.test(page) ? page.replace(SECTION, () => section) : `${page}\n${section}\n`);
}
