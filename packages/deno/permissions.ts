/** Whether Deno refused because a permission is missing; a refusal of the system is `PermissionDenied`. */
export function isNotCapable(error: unknown): error is Error {
  return error instanceof Deno.errors.NotCapable;
}

/** Whether the permission for a host is missing; `node:dns` reports that by another error. */
export function isHostDenied(error: unknown): error is Error {
  if (isNotCapable(error)) return true;
  if (!(error instanceof Error && "code" in error && "syscall" in error)) return false;
  return error.code === "EPERM" && error.syscall === "getaddrinfo";
}

/** The flag that grants what `error` asked for, with the path to give it for. */
export function flagFor(error: Error, path: string): string {
  const kind = /Requires (read|write) access/.exec(error.message)?.[1] ?? "read";
  // A comma separates paths; a double comma is a comma within a path.
  return `--allow-${kind}=${path.replaceAll(",", ",,")}`;
}
