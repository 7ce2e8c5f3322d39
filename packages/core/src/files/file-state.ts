/** What distinguishes one state of a file from another. Times are in the runtime's own unit. */
export interface FileState {
  readonly size: bigint | number;
  readonly mtime: bigint | number | undefined;
  readonly ctime: bigint | number | undefined;
  readonly ino: bigint | number | null;
  readonly dev: bigint | number;
  /** The number of its names: 0 when it was removed, or replaced, while it was open. */
  readonly nlink: bigint | number | null;
}

/**
 * Whether a file has changed between two states. `metadata`: only ctime is different. A new hard link, a chmod or a rename
 * does that, and so does an edit in place whose modification time was put back: the content has to decide.
 */
export function stateChange(before: FileState, now: FileState): boolean | "metadata" {
  const isOther =
    before.ino !== now.ino ||
    before.dev !== now.dev ||
    before.size !== now.size ||
    before.mtime !== now.mtime ||
    (isNameless(now) && !isNameless(before));
  if (isOther) return true;
  return before.ctime === now.ctime ? false : "metadata";
}

function isNameless({ nlink }: FileState): boolean {
  return nlink === 0 || nlink === 0n;
}

/** Size and modification time only: a file that was moved, also to another disk, still has the same content. */
export function fingerprintOf({ size, mtime }: FileState): string | undefined {
  return mtime === undefined ? undefined : `${size}:${mtime}`;
}
