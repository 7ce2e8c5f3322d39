/** What an adapter's walk yields for each name below the root. */
export interface WalkEntry {
  /** Below the root, with "/" between names. */
  readonly relativePath: string;
  /** As the adapter's files are opened. */
  readonly path: string;
  /** `skipped`: there is something, but it is not uploaded. */
  readonly kind: "file" | "skipped";
  /** Bytes, for files. */
  readonly size: number;
  /** Why it was skipped: a symlink, something special, unreadable, … */
  readonly reason?: string | undefined;
  /** Why it could not be read; undefined when skipping it was asked for. */
  readonly error?: unknown;
}
