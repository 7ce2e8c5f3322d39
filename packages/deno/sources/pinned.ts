import { closeSync, constants, openSync, readlinkSync } from "node:fs";
import { isNotCapable } from "../permissions.ts";

/** Something that is open, so that no link that takes its place matters any more. */
export interface Pinned {
  /** Opens this very thing again. */
  readonly path: string;
  /** Its path with all links resolved, as the kernel knows it at this instant. */
  readonly realPath: string;
  /** Lets go of it. */
  close(): void;
}

const PERMISSIONS = ["read", "write", "net", "env", "sys", "run", "ffi"] as const;

/**
 * Whether what is open can be asked where it lies: on Linux, by a process that may do everything. Deno gives
 * /proc/self/fd to no other, and would ask the user for it.
 */
export function canPin(): boolean {
  return (
    Deno.build.os === "linux" &&
    PERMISSIONS.every((name) => Deno.permissions.querySync({ name }).state === "granted")
  );
}

/**
 * Opens a file that is no link, or a directory. On Linux the open thing itself says where it lies: between two looks at a
 * path, somebody may exchange a folder with a link. On the spot, because Deno has no number for what it opens otherwise.
 * Undefined: it cannot be asked; see {@link canPin}.
 */
export function pin(path: string, kind: "file" | "directory"): Pinned | undefined {
  if (!canPin()) return undefined;
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK, O_DIRECTORY } = constants;
  const descriptor = openSync(path, O_RDONLY | (kind === "file" ? O_NOFOLLOW | O_NONBLOCK : O_DIRECTORY));
  try {
    const link = `/proc/self/fd/${descriptor}`;
    return { path: link, realPath: readlinkSync(link), close: () => closeSync(descriptor) };
  } catch (error) {
    closeSync(descriptor);
    if (isNotCapable(error) || !isThere("/proc/self/fd")) return undefined;
    throw error;
  }
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isDirectory;
  } catch {
    return false;
  }
}
