import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { compileRules } from "../src/selection/compile-rules.ts";
import { openSelection, type SelectionFlags } from "../src/selection/selection.ts";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "cosup-selection-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Writes a file; returns its path. */
function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

const PATHS = ["a.txt", "b.map", "logs/x.log", "logs/keep/y.log", "sub/logs/z", "sub/.cosignore", "é.txt"];

async function wanted(flags: SelectionFlags, at?: string): Promise<string[]> {
  const selection = await openSelection(flags, at);
  return PATHS.filter((path) => selection.wants(path));
}

describe("rules in the form of a .gitignore", () => {
  it("are read as git reads them", () => {
    const rules =
      "# comment\n*.map\nlogs/\n!logs/keep/\n/a.txt\nsub/*\n!sub/logs\n\\#odd\nq[ab]?r\n**/deep\n";
    const paths = [
      ...PATHS,
      "#odd",
      "qa1r",
      "x/qbzr",
      "x/deep/y",
      "deep",
      "sub/a.txt",
      "Logs/x",
      "a/b/c.map",
    ];
    const repository = join(folder, "git");
    mkdirSync(repository);
    execFileSync("git", ["init", "-q", repository]);
    file("git/.gitignore", rules);
    const input = paths.join("\0");
    const options = ["-c", "core.quotePath=false", "check-ignore", "-z", "--stdin", "--no-index"];
    const byGit = execFileSync("git", options, { cwd: repository, input, encoding: "utf8" }).split("\0");
    const isIgnored = compileRules([rules]);
    expect(paths.filter((path) => isIgnored(path, false))).toEqual(byGit.filter(Boolean));
  });

  it("take any key, also one that is no path", () => {
    const isIgnored = compileRules(["*.map"]);
    expect(["/x.map", "../x.map", "a//b.map", "./x", "/", ""].map((key) => isIgnored(key, false))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it("stay the same after more paths than are remembered", () => {
    const isIgnored = compileRules(["*.map"]);
    const names = Array.from({ length: 45_000 }, (_, index) => `${index}.map`);
    expect(names.every((name) => isIgnored(name, false))).toBe(true);
  });
});

describe("a selection", () => {
  it("leaves out what .cosignore names, and that file itself at any depth", async () => {
    file("one/.cosignore", "logs/\n*.map\r\n");
    expect(await wanted({}, join(folder, "one"))).toEqual(["a.txt", "é.txt"]);
    expect(await wanted({ cosignore: false }, join(folder, "one"))).toEqual(PATHS);
    file("asked/.cosignore", "!.cosignore\n");
    expect(await wanted({}, join(folder, "asked"))).toContain("sub/.cosignore");
    expect(await wanted({}, join(folder, "none"))).not.toContain("sub/.cosignore");
  });

  it("adds the rules of --exclude-from to those of .cosignore", async () => {
    file("two/.cosignore", "*.map");
    const excludeFrom = [file("rules", "!b.map\nsub"), file("more", "*.log")];
    expect(await wanted({ excludeFrom }, join(folder, "two"))).toEqual(["a.txt", "b.map", "é.txt"]);
  });

  it("is limited to the list of --files-from, which --exclude still limits", async () => {
    const filesFrom = file("list", "./a.txt\n\nlogs//x.log\r\né.txt\nnot-there");
    expect(await wanted({ filesFrom })).toEqual(["a.txt", "logs/x.log", "é.txt"]);
    expect(await wanted({ filesFrom, exclude: ["logs"] })).toEqual(["a.txt", "é.txt"]);
    const nul = file("list0", "a.txt\0with\nbreak\0");
    const selection = await openSelection({ filesFrom: nul, null: true }, undefined);
    expect(["a.txt", "with\nbreak", "with", ""].map((path) => selection.wants(path))).toEqual([
      true,
      true,
      false,
      false,
    ]);
    selection.found("a.txt");
    expect([...selection.missing()].map(({ path }) => path)).toEqual(["with\nbreak"]);
  });

  it("tells of folders that could not be read, unless nothing below them is meant", async () => {
    const filesFrom = file("deep", "sub/logs/z");
    const listed = await openSelection({ filesFrom }, undefined);
    expect(["", "sub", "sub/logs", "su", "other"].map((path) => listed.wants(path, true))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    file("three/.cosignore", "logs/\n");
    const ignored = await openSelection({ include: ["*.txt"] }, join(folder, "three"));
    expect(["", "logs", "sub"].map((path) => ignored.wants(path, true))).toEqual([true, false, true]);
  });

  it("names the patterns that have matched nothing, each once", async () => {
    const selection = await openSelection(
      { include: ["*.txt", "*.html"], exclude: ["é*", "logs"] },
      undefined,
    );
    const told: string[] = [];
    selection.wants("é.txt");
    selection.warnUnmatched(({ message }) => told.push(message));
    expect(told).toEqual(["nothing matched --include '*.html', --exclude 'logs'"]);
  });
});

it.each<[string, () => SelectionFlags, string]>([
  ["a list that is missing", () => ({ filesFrom: "nowhere" }), "filesFrom: nowhere does not exist"],
  ["rules that are missing", () => ({ excludeFrom: ["nowhere"] }), "excludeFrom: nowhere does not exist"],
  ["an absolute path", () => ({ filesFrom: file("l1", "a\n/etc/passwd\n") }), "line 2 of"],
  ["a path out of the folder", () => ({ filesFrom: file("l2", "a/../../b\n") }), "below the folder"],
  ["the folder itself", () => ({ filesFrom: file("l3", ".\n") }), "below the folder"],
  ["NUL without --null", () => ({ filesFrom: file("l4", "a\0b\0") }), "-0"],
  [
    "bytes that are no UTF-8",
    () => ({ filesFrom: file("l5", Uint8Array.of(0x61, 0xff)) }),
    "must be a text in UTF-8",
  ],
  ["an empty pattern", () => ({ include: [""] }), "include"],
])("refuses %s", async (_what, flags, says) => {
  await expect(openSelection(flags(), undefined)).rejects.toThrow(says);
});

it("refuses a .cosignore that cannot be read", async () => {
  mkdirSync(join(folder, "four/.cosignore"), { recursive: true });
  await expect(openSelection({}, join(folder, "four"))).rejects.toThrow(/\.cosignore cannot be read/);
});
