import type { BigIntStats } from "node:fs";
import { SourceError } from "@cosup/core";

/** What tells one state of a file from another. */
export interface FileState {
  readonly size: bigint;
  readonly mtimeNs: bigint;
  readonly ctimeNs: bigint;
  readonly ino: bigint;
  readonly dev: bigint;
}

export function fileState({ size, mtimeNs, ctimeNs, ino, dev }: BigIntStats): FileState {
  return { size, mtimeNs, ctimeNs, ino, dev };
}

/**
 * ctime is compared too: it alone shows an edit in place whose mtime was put back. The price is that a chmod during
 * the upload counts as a change; the upload then resumes from its checkpoint, as the fingerprint stays the same.
 */
export function sameState(one: FileState, other: FileState): boolean {
  return (
    one.size === other.size &&
    one.mtimeNs === other.mtimeNs &&
    one.ctimeNs === other.ctimeNs &&
    one.ino === other.ino &&
    one.dev === other.dev
  );
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
