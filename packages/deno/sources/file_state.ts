/** What tells one state of a file from another; Deno gives times in milliseconds, `ctime` in seconds. */
export interface FileState {
  readonly size: number;
  readonly mtimeMs: number | undefined;
  readonly ctimeMs: number | undefined;
  readonly ino: number | null;
  readonly dev: number;
  /** Its names: 0 when it was removed, or replaced, while it was open. */
  readonly nlink: number | null;
}

/** The state that `stat` has found. */
export function fileState({ size, mtime, ctime, ino, dev, nlink }: Deno.FileInfo): FileState {
  return { size, mtimeMs: mtime?.getTime(), ctimeMs: ctime?.getTime(), ino, dev, nlink };
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
    before.mtimeMs !== now.mtimeMs ||
    (now.nlink === 0 && before.nlink !== 0);
  if (isOther) return true;
  return before.ctimeMs === now.ctimeMs ? false : "metadata";
}

/** Size and modification time only: a file that was moved, also to another disk, is still the same content. */
export function fingerprintOf({ size, mtimeMs }: FileState): string | undefined {
  return mtimeMs === undefined ? undefined : `${size}:${mtimeMs}`;
}
