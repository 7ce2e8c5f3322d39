import { execFileSync } from "node:child_process";
import { linkSync, mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { dirname, join } from "node:path";
import process from "node:process";

/** The place of one tree. */
export interface Place {
  /** The folder that goes up. */
  readonly root: string;
  /** A folder beside it from which nothing may be read. */
  readonly outside: string;
  /** Resources to release before the tree can be removed. */
  readonly atEnd: (() => unknown)[];
}

/** A step that creates or changes entries in a place. */
export type Step = (place: Place) => unknown;

/** A tree, and the expected results. */
export interface Tree {
  readonly name: string;
  readonly make: readonly Step[];
  /** Default false. */
  readonly followSymlinks?: true;
  /** How the root is named; default: its absolute path. */
  readonly rootAs?: (place: Place) => string;
  /** Keys of these trees begin with nothing; all others with the tree's number. */
  readonly bare?: true;
  /** Changes during the upload: after this file, just before it, or while it is sent. */
  readonly meanwhile?: {
    readonly when: "after" | "before" | "during";
    readonly path: string;
    readonly steps: Step[];
  };
  /** `permissions`: not for root, who may read everything. `linux`: other systems fold, refuse or limit names. */
  readonly needs?: "permissions" | "linux";
  /** The uploaded files with their contents; in a list, each file contains its own path. Default: none. */
  readonly uploaded?: readonly string[] | Readonly<Record<string, string>>;
  /** `path: reason` */
  readonly skipped?: readonly string[];
  /** `path: reason`, or the error. */
  readonly failed?: readonly string[];
  /** Results that differ in a walk with sizes, which stats every file. */
  readonly looked?: Pick<Tree, "skipped" | "failed">;
  /** The error of the whole call. */
  readonly refused?: string;
}

/** The content outside every root, which must never be uploaded. */
export const CANARY = "canary: nobody may read this";

function prepared(path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  return path;
}

/** A file in the root that holds its own path, or this. */
export const file =
  (path: string, content = path): Step =>
  ({ root }) =>
    writeFileSync(prepared(join(root, path)), content);

export const files = (...paths: readonly string[]): Step[] => paths.map((path) => file(path));

export const directory =
  (path: string): Step =>
  ({ root }) =>
    mkdirSync(join(root, path), { recursive: true });

/** A symbolic link; in its target, ROOT and OUTSIDE stand for those paths. */
export const link =
  (path: string, target: string): Step =>
  ({ root, outside }) =>
    symlinkSync(target.replace("ROOT", root).replace("OUTSIDE", outside), prepared(join(root, path)));

/** A second name of a file. */
export const hardLink =
  (path: string, target: string): Step =>
  ({ root }) =>
    linkSync(join(root, target), join(root, path));

/** A file of zeros that takes no room on the disk. */
export const sparse =
  (path: string, bytes: number): Step =>
  (place) => {
    file(path, "")(place);
    truncateSync(join(place.root, path), bytes);
  };

export const fifo =
  (path: string): Step =>
  ({ root }) =>
    execFileSync("mkfifo", [join(root, path)]);

export const socket =
  (path: string): Step =>
  async ({ root, atEnd }) => {
    const server: Server = createServer();
    await new Promise<void>((listening) => server.listen(join(root, path), listening));
    atEnd.push(() => new Promise((closed) => server.close(closed)));
  };

/** A file whose name is made of these bytes; no string can be it. */
export const rawName =
  (...octals: readonly string[]): Step =>
  ({ root }) =>
    execFileSync("sh", [
      "-pc",
      'printf x > "$0/$(printf "$1")"',
      root,
      octals.map((byte) => `\\${byte}`).join(""),
    ]);

export const mode =
  (path: string, permissions: string): Step =>
  ({ root, atEnd }) => {
    execFileSync("chmod", [permissions, join(root, path)]);
    atEnd.push(() => execFileSync("chmod", ["700", join(root, path)]));
  };

/** Folders of 200 letters within one another, until their path is longer than the system takes. */
export const tooDeep: Step = ({ root }) => {
  const name = "d".repeat(200);
  process.chdir(root);
  for (let level = 1; level <= 25; level += 1) {
    mkdirSync(name);
    process.chdir(name);
  }
};

export const remove =
  (path: string): Step =>
  ({ root }) =>
    rmSync(join(root, path), { recursive: true });

export const move =
  (path: string, to: string): Step =>
  ({ root }) =>
    renameSync(join(root, path), join(root, to));
