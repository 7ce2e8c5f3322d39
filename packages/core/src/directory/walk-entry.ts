/** Why something below the root is not uploaded. */
export type SkipReason =
  /** A link, and links are not followed. */
  | "symlink"
  /** A link to nothing. */
  | "dangling"
  /** A link that leads out of the root. */
  | "outside"
  /** A directory that lies within itself, through links. */
  | "loop"
  /** A FIFO, socket or device. */
  | "special"
  | "unreadable"
  /** Removed while the walk went on. */
  | "vanished"
  /** A checkpoint of cosup, its lock, or a draft of either: of use on this machine only, and gone soon. */
  | "checkpoint"
  /** Its name cannot be an object key. */
  | "name-not-utf8";

/** What an adapter's walk yields for each name below the root. */
export interface WalkEntry {
  /** Below the root, with "/" between names. */
  readonly relativePath: string;
  /** As the adapter's files are opened. */
  readonly path: string;
  /**
   * The path without links, of a file: what is uploaded, and only while no link leads there. Without it `path` is,
   * whatever has taken its place since.
   */
  readonly realPath?: string | undefined;
  /** `skipped`: there is something, but it is not uploaded. */
  readonly kind: "file" | "skipped";
  /** What the adapter opens, when it knows a shorter way than by the path. */
  readonly body?: object | undefined;
  /** Bytes, for files. */
  readonly size: number;
  /** Why it was skipped. */
  readonly reason?: SkipReason | undefined;
  /** Why it could not be read; undefined when skipping it was asked for. */
  readonly error?: unknown;
}
