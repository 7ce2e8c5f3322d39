import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasCommand } from "../../scripts/system-packages.mjs";
import { jsonLines, startCosup } from "./rig.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "cosup-own-"));
  for (const shell of ["bash", "zsh", "fish"]) {
    const run = await startCosup(["completion", shell], { cwd: folder }).ended;
    expect(run).toMatchObject({ code: 0, stderr: "" });
    await writeFile(join(folder, shell), run.stdout);
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it("version prints the versions of cosup, core and Node", async () => {
  const manifest = fileURLToPath(new URL("../../packages/cli/package.json", import.meta.url));
  const { version } = JSON.parse(readFileSync(manifest, "utf8")) as { version: string };
  const json = await startCosup(["version", "--json"], { cwd: folder }).ended;
  const platform = `${process.platform} ${process.arch}`;
  expect(jsonLines(json)).toEqual([
    { type: "version", cosup: version, core: version, node: process.versions.node, platform },
  ]);
  const text = await startCosup(["version"], { cwd: folder }).ended;
  expect(text.stdout).toMatch(
    new RegExp(`^cosup +${version}\\ncore +${version}\\nnode +${process.versions.node}\\n`),
  );
});

/** What bash offers at the end of these words. */
function bashOffers(...words: string[]): string[] {
  const script = `source "$1"; shift; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _cosup; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const given = ["-c", script, "bash", join(folder, "bash"), "cosup", ...words];
  return execFileSync("bash", given, { encoding: "utf8" }).split("\n").filter(Boolean);
}

describe("completion in bash", () => {
  it("offers commands, also those below a command", () => {
    expect(bashOffers("c")).toEqual(["cp", "cat", "check", "config", "completion"]);
    expect(bashOffers("uploads", "a")).toEqual(["abort"]);
    expect(bashOffers("up")).toEqual(["uploads"]);
  });

  it("offers the flags of the command, and no others", () => {
    expect(bashOffers("cp", "a", "cos://b/k", "--re")).toEqual([
      "--region",
      "--resume",
      "--recursive",
      "--report",
    ]);
    expect(bashOffers("uploads", "abort", "--a")).toEqual(["--all"]);
    expect(bashOffers("ls", "--resume")).toEqual([]);
    // The name of a command as an argument does not select it.
    expect(bashOffers("cp", "uploads", "--resu")).toEqual(["--resume"]);
  });

  it("offers the values of a flag, and leaves others to file names", () => {
    expect(bashOffers("cp", "--resume", "")).toEqual(["auto", "require", "server", "off"]);
    expect(bashOffers("presign", "--method", "P")).toEqual(["PUT"]);
    expect(bashOffers("cp", "--state-dir", "")).toEqual([]);
  });
});

it.runIf(hasCommand("zsh"))("zsh can read its script", () => {
  expect(execFileSync("zsh", ["-n", join(folder, "zsh")], { encoding: "utf8" })).toBe("");
});

it.runIf(hasCommand("fish"))("fish offers the flags and their values", () => {
  const script = `source ${join(folder, "fish")}; complete -C "cosup cp --resume "`;
  const offered = execFileSync("fish", ["-N", "-c", script], { encoding: "utf8" });
  expect(offered.split("\n").map((line) => line.split("\t")[0])).toContain("require");
});

it.runIf(hasCommand("fish"))("fish offers to a command its own flags alone", () => {
  const offered = (line: string): string[] => {
    const script = `source ${join(folder, "fish")}; complete -C "${line}"`;
    const lines = execFileSync("fish", ["-N", "-c", script], { encoding: "utf8" }).split("\n");
    return lines.map((each) => each.split("\t")[0] ?? "");
  };
  expect(offered("cosup ls --")).toEqual(expect.arrayContaining(["--long", "--total"]));
  expect(offered("cosup uploads ls --")).toContain("--json");
  for (const other of ["--long", "--total", "--version"])
    expect(offered("cosup uploads ls --")).not.toContain(other);
  expect(offered("cosup --")).toContain("--version");
  expect(offered("cosup ")).toEqual(expect.arrayContaining(["cp", "uploads"]));
  expect(offered("cosup uploads ")).toEqual(expect.arrayContaining(["abort", "prune"]));
});

it("another shell is exit code 2, with those that there are", async () => {
  const run = await startCosup(["completion", "tcsh"], { cwd: folder }).ended;
  expect(run).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(/bash, zsh, fish/) });
});

it("the nearest command and flag are named", async () => {
  const command = await startCosup(["chek"], { cwd: folder }).ended;
  expect(command.stderr).toBe("cosup: unknown command 'chek' (Did you mean check?)\n");
  const flag = await startCosup(["check", "--one-wey"], { cwd: folder }).ended;
  expect(flag.stderr).toBe("cosup: unknown option '--one-wey' (Did you mean --one-way?)\n");
  expect([command.code, flag.code]).toEqual([2, 2]);
});
