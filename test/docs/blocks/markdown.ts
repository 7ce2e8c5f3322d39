import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import GithubSlugger from "github-slugger";
import MarkdownIt, { type Token } from "markdown-it";

export const root = fileURLToPath(new URL("../../../", import.meta.url));

/** A fenced block of code. */
export interface Fence {
  /** What follows the three backticks. */
  readonly info: string;
  readonly text: string;
  /** The line of the page where the code begins, from 1. */
  readonly line: number;
}

export interface Link {
  readonly target: string;
  readonly line: number;
}

export interface Page {
  /** From the root of the repository. */
  readonly path: string;
  readonly fences: readonly Fence[];
  /** The lines where code is indented instead of fenced. */
  readonly indented: readonly number[];
  readonly links: readonly Link[];
  /** What `#…` of a link to this page may name, as GitHub makes it of headings. */
  readonly anchors: ReadonlySet<string>;
}

const markdown = new MarkdownIt({ html: true });

/** Reads a page of the repository. @param path from the root */
export function readPage(path: string, text = readFileSync(root + path, "utf8")): Page {
  const slugger = new GithubSlugger();
  const fences: Fence[] = [];
  const indented: number[] = [];
  const links: Link[] = [];
  const anchors = new Set<string>();
  const tokens = markdown.parse(text, {});
  for (const [index, token] of tokens.entries()) {
    const line = (token.map?.[0] ?? 0) + 1;
    if (token.type === "fence") fences.push({ info: token.info.trim(), text: token.content, line: line + 1 });
    if (token.type === "code_block") indented.push(line);
    if (token.type === "heading_open") anchors.add(slugger.slug(plainText(tokens[index + 1])));
    if (token.type.startsWith("html")) readHtml(token.content, line, links, anchors);
    for (const child of token.children ?? []) {
      const target = child.attrGet("href") ?? child.attrGet("src");
      if (typeof target === "string") links.push({ target: decodeURI(target), line });
      if (child.type === "html_inline") readHtml(child.content, line, links, anchors);
    }
  }
  return { path, fences, indented, links, anchors };
}

function plainText(inline: Token | undefined): string {
  return (inline?.children ?? []).map(({ content }) => content).join("");
}

function readHtml(html: string, line: number, links: Link[], anchors: Set<string>): void {
  for (const [, target = ""] of html.matchAll(/(?:href|src)="([^"]+)"/g)) links.push({ target, line });
  for (const [, name = ""] of html.matchAll(/(?:id|name)="([^"]+)"/g)) anchors.add(name);
}

/** All Markdown files below the root, except those of dependencies and of builds. */
export function markdownFiles(folder = ""): string[] {
  return readdirSync(root + folder, { withFileTypes: true }).flatMap((entry) => {
    const path = folder + entry.name;
    if (entry.isDirectory()) {
      const skipped = /^(node_modules|dist|coverage|\..*)$/.test(entry.name) && entry.name !== ".github";
      return skipped ? [] : markdownFiles(`${path}/`);
    }
    return entry.name.endsWith(".md") ? [path] : [];
  });
}

/** Whether the code of a page is run: pages for users, not those for contributors. */
export function isForUsers(path: string): boolean {
  return /^(README[^/]*\.md|docs\/.*|packages\/[^/]+\/README[^/]*\.md|examples\/.*)$/.test(path);
}
