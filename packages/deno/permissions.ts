/** Whether Deno refused for want of a permission; the system's own refusal is `PermissionDenied`. */
export function isNotCapable(error: unknown): error is Error {
  return error instanceof Deno.errors.NotCapable;
}

/** Whether it was the permission for a host that was missing. Node's lookup of an address has words of its own for it. */
export function isHostDenied(error: unknown): error is Error {
  if (isNotCapable(error)) return true;
  if (!(error instanceof Error && "code" in error && "syscall" in error)) return false;
  return error.code === "EPERM" && error.syscall === "getaddrinfo";
}

/** The flag that grants what `error` asked for, with the path to give it for. */
export function flagFor(error: Error, path: string): string {
  const kind = /Requires (read|write) access/.exec(error.message)?.[1] ?? "read";
  // A comma separates paths; two of them are one that belongs to a path.
  return `--allow-${kind}=${path.replaceAll(",", ",,")}`;
}
