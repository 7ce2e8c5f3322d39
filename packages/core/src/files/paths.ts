import type { FileSystem } from "./file-system.ts";

type Separated = Pick<FileSystem, "separator">;

/** The path of a name in a directory. */
export function joinPath({ separator }: Separated, directory: string, name: string): string {
  return endsInSeparator(directory, separator) ? directory + name : directory + separator + name;
}

/** Whether a path without links is the root or lies below it. */
export function isWithin({ separator }: Separated, realRoot: string, realPath: string): boolean {
  const prefix = endsInSeparator(realRoot, separator) ? realRoot : realRoot + separator;
  return realPath === realRoot || realPath.startsWith(prefix);
}

/** Windows accepts both separators. */
function endsInSeparator(path: string, separator: string): boolean {
  return path.endsWith(separator) || path.endsWith("/");
}
