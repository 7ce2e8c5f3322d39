/** What tells one state of a file from another; Deno gives times in milliseconds, `ctime` in seconds. */
export interface FileState {
  readonly size: number;
  readonly mtimeMs: number | undefined;
  readonly ctimeMs: number | undefined;
  readonly ino: number | null;
  readonly dev: number;
}

/** The state that `stat` has found. */
export function fileState({ size, mtime, ctime, ino, dev }: Deno.FileInfo): FileState {
  return { size, mtimeMs: mtime?.getTime(), ctimeMs: ctime?.getTime(), ino, dev };
}

/**
 * ctime is compared too: it alone shows an edit in place whose mtime was put back. The price is that a chmod during
 * the upload counts as a change; the upload then resumes from its checkpoint, as the fingerprint stays the same.
 */
export function sameState(one: FileState, other: FileState): boolean {
  return (
    one.size === other.size &&
    one.mtimeMs === other.mtimeMs &&
    one.ctimeMs === other.ctimeMs &&
    one.ino === other.ino &&
    one.dev === other.dev
  );
}

/** Size and modification time only: a file that was moved, also to another disk, is still the same content. */
export function fingerprintOf({ size, mtimeMs }: FileState): string | undefined {
  return mtimeMs === undefined ? undefined : `${size}:${mtimeMs}`;
}
