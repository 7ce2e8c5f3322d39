/** A path as the input of an upload. A bare string is content, never a path. */
export interface PathInput {
  readonly path: string | URL;
  /** Whether only a regular file that no link leads to is accepted. */
  readonly refuseSymlinks?: unknown;
}

/** Plain objects only: the `path` of a `Dirent` is its parent directory, and a `File` is content. */
export function isPathInput(input: unknown): input is PathInput {
  if (typeof input !== "object" || input === null) return false;
  const prototype: unknown = Object.getPrototypeOf(input);
  const plain = prototype === Object.prototype || prototype === null;
  return plain && "path" in input && (typeof input.path === "string" || input.path instanceof URL);
}
