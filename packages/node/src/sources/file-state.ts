import type { BigIntStats } from "node:fs";

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

/** Size and modification time only: a file that was moved, also to another disk, is still the same content. */
export function fingerprintOf(state: FileState): string {
  return `${state.size}:${state.mtimeNs}`;
}
