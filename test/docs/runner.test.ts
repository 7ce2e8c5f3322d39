import { describe, expect, it } from "vitest";
import { blockOf, programsOf, sourceOf } from "./blocks/block.ts";
import { claimsOf, isShown, missingClaim } from "./blocks/claims.ts";
import { isForUsers, readPage } from "./blocks/markdown.ts";
import { checkShell } from "./blocks/shell.ts";

const block = (info: string, text = "") => blockOf("page.md", { info, text, line: 5 });
const page = (...lines: string[]) => readPage("page.md", lines.join("\n"));

describe("an info string", () => {
  it.each([
    ["ts", "node"],
    ["js", "node"],
    ["ts deno", "deno"],
    ["ts worker continues", "worker"],
    ["sh background", "shell"],
    ["console", "shell"],
    ["json", "parse"],
  ])("%s is run by %s", (info, runner) => {
    expect(block(info)).toMatchObject({ runner, noRun: undefined });
  });

  it.each([
    ["", "page.md:4: a block needs a language"],
    ["python", "python is not run: say why"],
    ["ts no-run", "no-run needs a reason"],
    ["ts no-run: later", "no-run needs a reason"],
    ["ts nodejs", "`nodejs` is unknown here"],
    ["sh deno", "`deno` is unknown here"],
    ["ts background", "`background` is unknown here"],
    ["ts browser", "a block for browsers says what it prints"],
  ])("%s is refused", (info, message) => {
    expect(() => block(info)).toThrow(message);
  });

  it("for browsers is accepted with what the page prints", () => {
    expect(block("ts browser", "console.log(1); // prints 1\n")).toMatchObject({ noRun: undefined });
  });

  it("says why a block is not run", () => {
    expect(block("python no-run: another language of the reader")).toMatchObject({
      runner: undefined,
      noRun: "another language of the reader",
    });
  });
});

describe("a page", () => {
  it("gives each line of code its own number, and joins blocks that continue", () => {
    const sample = page("# A", "", "```ts", "const a = 1;", "```", "text", "```ts continues", "a;", "```");
    const [program, ...others] = programsOf(sample, "node");
    expect(others).toEqual([]);
    expect(program?.name).toBe("page.L4");
    expect(program && sourceOf(program).split("\n")[3]).toBe("const a = 1;");
    expect(program && sourceOf(program).split("\n")[7]).toBe("a;");
  });

  it("cannot begin with a block that continues", () => {
    expect(() => programsOf(page("```ts continues", "a;", "```"), "node")).toThrow("could continue");
  });

  it("has indented code, links and anchors", () => {
    const sample = page("# What `a` does, in *two* words", "", "    npm i", "", "[x](y.md#z) ![p](q.svg)");
    expect(sample.indented).toEqual([3]);
    expect([...sample.anchors]).toEqual(["what-a-does-in-two-words"]);
    expect(sample.links.map(({ target }) => target)).toEqual(["y.md#z", "q.svg"]);
  });

  it("is for users or for contributors", () => {
    const paths = [
      "README.md",
      "README.zh-CN.md",
      "docs/a/b.md",
      "packages/node/README.md",
      "CONTRIBUTING.md",
    ];
    expect(paths.map(isForUsers)).toEqual([true, true, true, true, false]);
  });
});

describe("what a page shows", () => {
  it.each([
    ["1 file in 0.2s", "1 file in 13.9s", true],
    ["24.8 MiB in 1.2s, 21.3 MiB/s; 25 parts", "24.8 MiB in 0.4s; 25 parts", true],
    ["crc64 … of 3", "crc64 178 of 3", true],
    ["on http://127.0.0.1:9000 (a)", "on http://127.0.0.1:41234 (a)", true],
    ["25 parts sent", "24 parts sent", false],
    ["a.b", "acb", false],
    ["2 files", "12 files", false],
  ])("%s: %s", (shown, actual, same) => {
    expect(isShown(shown, actual)).toBe(same);
  });

  it("is compared in its order", () => {
    const claims = claimsOf("console.log(a); // prints 1\nconsole.log(b); // prints 2\n");
    expect(claims).toEqual(["1", "2"]);
    expect(missingClaim(claims, "0\n1\n2\n")).toBeUndefined();
    expect(missingClaim(claims, "2\n1\n")).toBe("2");
  });

  it("is compared for commands", () => {
    const programs = programsOf(page("```console", "$ ls \\", "  site", "b", "a", "```"), "shell");
    const output = (text: string) => ({ code: 0, stdout: `\n\u001e0\n${text}`, stderr: "" });
    expect(() => checkShell(programs, output("a\nb\n"))).not.toThrow();
    expect(() => checkShell(programs, output("a\n"))).toThrow("the page shows");
    expect(() => checkShell(programs, output("a\nb\nc\n"))).toThrow("the page shows");
    expect(() => checkShell(programs, { ...output("a\nb\n"), code: 1 })).toThrow("ended with 1");
  });

  it.each([
    ["76.0 MiB of 381.5 MiB (19%), 7.6 MiB/s", true],
    ["512 B of 381.5 MiB (0%)", true],
    ["1.2 GiB, 7.6 MiB/s", true],
    ["cosup: interrupted at 19% (76.0 MiB of 381.5 MiB)", false],
    ["uploaded a to cos://b/a (76.0 MiB), crc64 1", false],
    ["1 file uploaded, 76.0 MiB in 9.1s, 8.3 MiB/s", false],
    ["19%", false],
    ["76.0 MiB", false],
    ["", false],
  ])("may lack the line `%s`, when it is progress of a slow copy: %s", (line, same) => {
    const programs = programsOf(page("```console", "$ cosup cp a", "a", "b", "```"), "shell");
    const check = () => checkShell(programs, { code: 0, stdout: `\n\u001e0\na\n${line}\nb\n`, stderr: "" });
    if (same) expect(check).not.toThrow();
    else expect(check).toThrow("the page shows");
  });

  it("has its own line of progress compared", () => {
    const shown = "76.0 MiB of 381.5 MiB (19%)";
    const programs = programsOf(page("```console", "$ cosup cp a", shown, "```"), "shell");
    const output = (text: string) => ({ code: 0, stdout: `\n\u001e0\n${text}`, stderr: "" });
    expect(() => checkShell(programs, output(`${shown}\n`))).not.toThrow();
    expect(() => checkShell(programs, output("\n"))).toThrow("the page shows");
  });
});
