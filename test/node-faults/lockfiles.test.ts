import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const lockfiles = lockfilesBelow("");

/** Without those of installed packages and of hidden folders. */
function lockfilesBelow(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return entry.name === "package-lock.json" ? [path] : [];
    const entered = entry.isDirectory() && !["node_modules", "dist"].includes(entry.name);
    return entered && !entry.name.startsWith(".") ? lockfilesBelow(path) : [];
  });
}

interface Entry {
  readonly link?: boolean;
  readonly integrity?: string;
  readonly resolved?: string;
}

/** What npm installs from a registry: not the lockfile's own package, and none of the workspaces. */
function installed(path: string): [string, Entry][] {
  const { packages } = JSON.parse(readFileSync(join(root, path), "utf8")) as {
    packages: Readonly<Record<string, Entry>>;
  };
  return Object.entries(packages).filter(
    ([name, { link }]) => name.includes("node_modules/") && link !== true,
  );
}

test("every lockfile is checked", () => {
  expect(lockfiles).toContain("package-lock.json");
  expect(lockfiles.length).toBeGreaterThanOrEqual(6);
});

test.each(lockfiles)("%s has the hash of every package, those of other platforms too", (path) => {
  const entries = installed(path);
  expect(entries).not.toEqual([]);
  const without = entries.filter(([, { integrity = "" }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity));
  expect(without.map(([name]) => name)).toEqual([]);
});

test.each(lockfiles)("%s has no download address, because each machine has its own registry", (path) => {
  const addressed = installed(path).filter(([, { resolved }]) => resolved !== undefined);
  expect(addressed.map(([name]) => name)).toEqual([]);
});
