/** Whether Deno refused for want of a permission; the system's own refusal is `PermissionDenied`. */
export function isNotCapable(error: unknown): error is Error {
  return error instanceof Deno.errors.NotCapable;
}

/** The flag that grants what `error` asked for, with the path to give it for. */
export function flagFor(error: Error, path: string): string {
  const kind = /Requires (read|write) access/.exec(error.message)?.[1] ?? "read";
  // A comma separates paths; two of them are one that belongs to a path.
  return `--allow-${kind}=${path.replaceAll(",", ",,")}`;
}
