import { closeSync, constants, openSync, readlinkSync } from "node:fs";
import { isNotCapable } from "../permissions.ts";

/** An open file or directory, so that a link that takes its place has no effect. */
export interface Pinned {
  /** Leads to the open file or directory. */
  readonly path: string;
  /** Its path with all links resolved, as the kernel knew it when it was opened. */
  readonly realPath: string;
  /** Closes it. */
  close(): void;
}

const PERMISSIONS = ["read", "write", "net", "env", "sys", "run", "ffi"] as const;

/**
 * Whether the kernel can be asked for the path of a descriptor: on Linux, with all permissions. Without them, Deno refuses
 * /proc/self/fd, or asks the user for it.
 */
export function canPin(): boolean {
  return (
    Deno.build.os === "linux" &&
    PERMISSIONS.every((name) => Deno.permissions.querySync({ name }).state === "granted")
  );
}

/**
 * Opens a file that is no link, or a directory, and asks the kernel for the path of the descriptor: between two calls with a
 * path, another process may exchange a folder with a link. By `node:fs`, because Deno's own files have no descriptor; and
 * synchronously. Undefined where the kernel cannot be asked; see {@link canPin}.
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
