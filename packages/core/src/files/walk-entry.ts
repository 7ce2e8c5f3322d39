/** Why something in a folder is not uploaded. */
export type SkipReason =
  /** A link, and links are not followed. */
  | "symlink"
  /** A link to nothing. */
  | "dangling"
  /** A link that leads out of the folder. */
  | "outside"
  /** A directory that lies within itself, through links. */
  | "loop"
  /** A FIFO, socket or device. */
  | "special"
  | "unreadable"
  /** Removed while the folder was being read. */
  | "vanished"
  /** A checkpoint of cosup, its lock, or a draft of either: of use on this machine only, and gone soon. */
  | "checkpoint"
  /** Its name cannot be an object key. */
  | "name-not-utf8";

/** Where something lies, below the root and in the file system. */
export interface Place {
  /** Below the root, with "/" between names; "" is the root itself. */
  readonly relativePath: string;
  /** As the adapter's files are opened. */
  readonly path: string;
}

/** A regular file. */
export interface FileEntry extends Place {
  /** It is uploaded. */
  readonly kind: "file";
  /**
   * The path without links. This path is uploaded, and only while no link leads there. Without it, `path` is uploaded,
   * whatever has replaced it since.
   */
  readonly realPath?: string | undefined;
  /** Bytes; 0 if the walk was not asked for sizes. */
  readonly size: number;
}

/** Something that is not uploaded. */
export interface SkippedEntry extends Place {
  /** It is not uploaded. */
  readonly kind: "skipped";
  /** As of a file. */
  readonly size: 0;
  /** Why it is skipped. */
  readonly reason: SkipReason;
  /** Why it could not be read; undefined if it is skipped on purpose. */
  readonly error?: unknown;
  /** Set of a folder of which some or all names could not be read: which files it has is unknown. */
  readonly unread?: true;
}

/** What a walk yields for each name below the root. */
export type WalkEntry = FileEntry | SkippedEntry;

/** The entry of something that is not uploaded; with an error if that is a loss. */
export function skipped({ relativePath, path }: Place, reason: SkipReason, error?: unknown): SkippedEntry {
  const entry = { kind: "skipped", relativePath, path, size: 0, reason } as const;
  return error === undefined ? entry : { ...entry, error };
}

/** The entry of a folder whose names could not be read to their end. */
export function unread(folder: Place, reason: SkipReason, error: unknown): SkippedEntry {
  return { ...skipped(folder, reason, error), unread: true };
}

/** What a folder upload reports: a link is skipped on purpose; a directory that cannot be read is a failure. */
export function skippedStatus({ error }: SkippedEntry): "skipped" | "failed" {
  return error === undefined ? "skipped" : "failed";
}
