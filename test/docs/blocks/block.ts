import { claimsOf } from "./claims.ts";
import { type Fence, type Page, readPage } from "./markdown.ts";

/** What runs a block. */
export type Runner = "node" | "vitest" | "deno" | "worker" | "browser" | "shell" | "parse";

/** A fenced block of a page with what its info string says. */
export interface Block {
  readonly page: string;
  /** The line of the page where the code begins, from 1. */
  readonly line: number;
  /** `ts`, `js`, `sh`, `console`, or any other language. */
  readonly language: string;
  readonly text: string;
  /** Undefined: no runner knows the language. */
  readonly runner: Runner | undefined;
  /** Why the block is not run. TypeScript is checked all the same. */
  readonly noRun: string | undefined;
  /** Whether the block goes on with the names of the block before it. */
  readonly continues: boolean;
  /** Whether the command runs until the end of the page. */
  readonly background: boolean;
}

const RUNTIMES = ["node", "vitest", "deno", "worker", "browser"] as const;
const SHELL = ["sh", "console"];

/**
 * Reads an info string: the language; for `ts` and `js` the runtime, which is Node unless given; `continues`;
 * `background`; `no-run: REASON`. GitHub looks only at the language.
 * @throws if a word is unknown, or the reason is missing
 */
export function blockOf(page: string, { info, text, line }: Fence): Block {
  const fail = (problem: string): never => {
    throw new Error(`${page}:${line - 1}: ${problem}`);
  };
  const [head = "", reason] = info.split(/\s*\bno-run\b:?\s*/);
  if (reason !== undefined && reason.split(/\s+/).length < 2)
    fail("no-run needs a reason: ```ts no-run: REASON");
  const [language = "", ...words] = head.split(/\s+/).filter((word) => word !== "");
  if (language === "") fail("a block needs a language");
  const isScript = language === "ts" || language === "js";
  const runtime = RUNTIMES.find((name) => words.includes(name));
  const unknown = words.find(
    (word) => word !== runtime && !["continues", isScript ? "" : "background"].includes(word),
  );
  if (unknown !== undefined || (runtime !== undefined && !isScript))
    fail(`\`${unknown ?? runtime}\` is unknown here`);
  const runner = isScript ? (runtime ?? "node") : runnerOf(language);
  if (runner === undefined && reason === undefined)
    fail(`${language} is not run: say why with no-run: REASON`);
  const continues = words.includes("continues");
  // A page has no end of its own: it has run when it has printed that.
  if (runner === "browser" && reason === undefined && !continues && claimsOf(text).length === 0)
    fail("a block for browsers says what it prints: `// prints …`, or why it is not run");
  return {
    page,
    line,
    language,
    text,
    runner,
    noRun: reason,
    continues,
    background: words.includes("background"),
  };
}

function runnerOf(language: string): Runner | undefined {
  if (SHELL.includes(language)) return "shell";
  // A line of jsonl is a document of its own.
  return language === "json" || language === "jsonl" ? "parse" : undefined;
}

/** Blocks that run as one module. */
export interface Program {
  readonly page: string;
  /** A file name without its extension. */
  readonly name: string;
  readonly language: string;
  readonly noRun: string | undefined;
  readonly blocks: readonly Block[];
}

/** The programs of a page for one runner. */
export function programsOf(page: Page, runner: Runner): Program[] {
  const programs: Block[][] = [];
  for (const block of page.fences.map((fence) => blockOf(page.path, fence))) {
    if (block.runner !== runner) continue;
    const before = programs.at(-1);
    if (!block.continues) programs.push([block]);
    else if (before?.[0]?.language === block.language && before[0].noRun === block.noRun) before.push(block);
    else throw new Error(`${page.path}:${block.line - 1}: there is no block that this one could continue`);
  }
  return programs.map((blocks) => {
    const [first] = blocks;
    const name = `${page.path.replace(/\.md$/, "").replaceAll("/", "__")}.L${first?.line}`;
    return { page: page.path, name, language: first?.language ?? "", noRun: first?.noRun, blocks };
  });
}

/**
 * A program's text, in which each line of code has the number that it has in the page. Keys that the page leaves out are
 * those of the sandbox. @param header the first line
 */
export function sourceOf({ blocks }: Program, header = ""): string {
  const lines = [header];
  for (const { line, text } of blocks) {
    while (lines.length < line - 1) lines.push("");
    lines.push(...text.trimEnd().split("\n"));
  }
  const text = lines.join("\n").replaceAll('SecretId: "…"', 'SecretId: "ID"');
  return `${text.replaceAll('SecretKey: "…"', 'SecretKey: "KEY"')}\nexport {};\n`;
}

/** The programs that are run, not only type checked. */
export function runnable(programs: readonly Program[]): Program[] {
  return programs.filter(({ noRun }) => noRun === undefined);
}

export function pagesWith(runner: Runner, paths: readonly string[]): { page: Page; programs: Program[] }[] {
  return paths
    .map((path) => readPage(path))
    .map((page) => ({ page, programs: programsOf(page, runner) }))
    .filter(({ programs }) => programs.length > 0);
}
