import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, realpathSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

const CLI = fileURLToPath(new URL("../../packages/cli/", import.meta.url));

/** An installation of cosup that every user of this machine may run. */
export interface SharedCosup {
  readonly node: string;
  /** The script of the command. */
  readonly script: string;
}

/**
 * Copies cosup, as it is built, with what it depends on. The checkout may lie below a directory that only its owner may
 * enter: the home of root is one.
 * @param folder where; it must be one that everybody may enter
 */
export function copyForAnyone(folder: string): SharedCosup {
  const home = join(folder, "cosup-for-anyone");
  copyPackage(CLI, "cosup", home);
  const node = mayRun(process.execPath) ? process.execPath : join(home, "node");
  if (node !== process.execPath) copyFileSync(process.execPath, node);
  execFileSync("chmod", ["-R", "a+rX", home]);
  return { node, script: join(home, "node_modules/cosup/bin/cosup.js") };
}

/** All packages lie side by side, or inside of the one that needs a version of its own, as npm has them. */
function copyPackage(from: string, name: string, home: string): void {
  const to = join(home, "node_modules", name);
  if (existsSync(to)) return;
  mkdirSync(to, { recursive: true });
  const left = ["src", "test", "scripts", ".turbo"];
  cpSync(from, to, {
    recursive: true,
    filter: (path) => dirname(path) !== from || !left.includes(basename(path)),
  });
  const manifest = JSON.parse(readFileSync(join(from, "package.json"), "utf8"));
  for (const dependency of Object.keys(manifest.dependencies ?? {})) {
    if (!existsSync(join(to, "node_modules", dependency)))
      copyPackage(find(from, dependency), dependency, home);
  }
}

/** The folder from which a package loads a dependency. */
function find(from: string, dependency: string): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const path = join(folder, "node_modules", dependency);
    if (existsSync(path)) return realpathSync(path);
  }
  throw new Error(`${dependency}, which ${from} depends on, is not installed`);
}

/** Whether any user may start a program. */
function mayRun(program: string): boolean {
  try {
    execFileSync(program, ["--version"], { uid: 65_534, gid: 65_534, cwd: "/", stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
