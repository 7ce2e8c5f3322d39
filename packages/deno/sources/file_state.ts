import type { FileState } from "@cosup/core/files";

/** The state that `stat` has found. Deno gives times in milliseconds, `ctime` in seconds. */
export function fileState({ size, mtime, ctime, ino, dev, nlink }: Deno.FileInfo): FileState {
  return { size, mtime: mtime?.getTime(), ctime: ctime?.getTime(), ino, dev, nlink };
}
