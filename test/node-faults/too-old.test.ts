import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const built = (path: string): string => fileURLToPath(new URL(`../../packages/${path}`, import.meta.url));

/** What a program prints to stderr in a Node that is made to look older, and its exit code. */
function inOlderNode(disguise: string, script: string, ...words: string[]): Promise<[number, string]> {
  const preload = `data:text/javascript,${encodeURIComponent(disguise)}`;
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      ["--import", preload, script, ...words],
      (_error, _stdout, stderr) => {
        resolve([child.exitCode ?? -1, stderr]);
      },
    );
  });
}

const versioned = (version: string): string =>
  `Object.defineProperty(process, "versions", { value: { ...process.versions, node: "${version}" } });`;

it.each(["18.20.8", "20.17.0"])("cosup in Node %s names the oldest that works", async (version) => {
  const [code, said] = await inOlderNode(versioned(version), built("cli/bin/cosup.js"), "--version");
  expect([code, said]).toEqual([2, `cosup: needs Node 20.18 or later: this is Node ${version}\n`]);
});

it("cosup begins in the oldest that works", async () => {
  expect(await inOlderNode(versioned("20.18.0"), built("cli/bin/cosup.js"), "--version")).toEqual([0, ""]);
});

it.each(["index.js", "index.cjs"])("@cosup/node, %s, names the oldest that works", async (file) => {
  const disguise = `${versioned("18.20.8")} delete process.getBuiltinModule;`;
  const [code, said] = await inOlderNode(disguise, built(`node/dist/${file}`));
  expect(code).toBe(1);
  expect(said).toContain("Error: @cosup/node needs Node 20.18 or later: this is Node 18.20.8");
});
