import type { BigIntStats } from "node:fs";
import { SourceError } from "@cosup/core";

/** What tells one state of a file from another. */
export interface FileState {
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly ino: bigint;
  readonly dev: bigint;
  /** Its names: 0 when it was removed, or replaced, while it was open. */
  readonly nlink: bigint;
}

export function fileState({ size, mtimeNs, ctimeNs, ino, dev, nlink }: BigIntStats): FileState {
  return { size, mtimeNs, ctimeNs, ino, dev, nlink };
}

/**
 * What the second state of a file says of the first. `metadata`: only ctime is another. A new hard link, a chmod or a
 * rename does that, and so does an edit in place whose modification time was put back: the content has to decide.
 */
export function stateChange(before: FileState, now: FileState): boolean | "metadata" {
  const isOther =
    before.ino !== now.ino ||
    before.dev !== now.dev ||
    before.size !== now.size ||
    before.mtimeNs !== now.mtimeNs ||
    (now.nlink === 0n && before.nlink > 0n);
  if (isOther) return true;
  return before.ctimeNs === now.ctimeNs ? false : "metadata";
}

type Identity = Pick<FileState, "dev" | "ino">;

/** What was opened must be the very file that was asked for: its path may name another by now, and the first again later. */
export function requireSame(name: string, asked: Identity, opened: Identity): void {
  if (opened.dev !== asked.dev || opened.ino !== asked.ino) {
    throw new SourceError(`${name} was replaced while it was being uploaded`, "source-changed");
  }
}

/** Size and modification time only: a file that was moved, also to another disk, is still the same content. */
export function fingerprintOf(state: FileState): string {
  return `${state.size}:${state.mtimeNs}`;
}
