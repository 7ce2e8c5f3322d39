import type { SourceError } from "../errors.ts";

/** What core distinguishes among the failures of a file system. */
export type FileErrorKind =
  | "not-found"
  /** A name within the path is not a directory. */
  | "not-directory"
  /** A symbolic link leads back to itself. */
  | "link-loop";

/** What a name refers to. */
export interface FileStatus {
  readonly isFile: boolean;
  readonly isDirectory: boolean;
  readonly isSymlink: boolean;
  /** Bytes. */
  readonly size: number;
}

/** One name in a directory. */
export interface DirectoryName {
  /** U+FFFD stands for bytes that are not UTF-8. */
  readonly name: string;
  /** Whether the directory lists it as a regular file. */
  readonly isFile: boolean;
}

/** The names of one directory. They remain those of that directory if another one takes its path. */
export interface DirectoryNames {
  /** The next name, in any order; null after the last one. */
  read(): Promise<DirectoryName | null>;
  close(): Promise<void>;
}

/** A directory, and which one it is. */
export interface IdentifiedDirectory {
  /** The path with all links resolved. */
  readonly realPath: string;
  /** Equal for two paths exactly if they lead to the same directory. */
  readonly identity: string;
}

/** A directory that is open, so that a link that takes its path has no effect. */
export interface PinnedDirectory extends IdentifiedDirectory {
  /** Leads to this directory until it is closed; `/proc/self/fd/N` for example. */
  readonly path: string;
  close(): void;
}

/**
 * The file system as an adapter provides it: one call of the system per method, without retries and without policy. Core
 * builds the folder walk and the checkpoint store on it. Failures are the runtime's own errors; `kindOf` classifies them.
 * Where opening fails because the process has no free descriptor, core waits and calls again.
 */
export interface FileSystem {
  /** Between the names of a path. */
  readonly separator: "/" | "\\";
  /** The path relative to the current working directory, as an absolute path. */
  absolute(path: string): string;
  /** Classifies an error; undefined for every other failure. */
  kindOf(error: unknown): FileErrorKind | undefined;
  /**
   * The error of a source that cannot be opened or read.
   * @param name the path as the caller gave it
   * @param path the absolute path, for a hint about permissions
   */
  unreadable(name: string, path: string, cause: unknown): SourceError;
  /** Follows links. */
  stat(path: string): Promise<FileStatus>;
  /** Does not follow a link. */
  lstat(path: string): Promise<FileStatus>;
  /** The path with all links resolved. */
  realPath(path: string): Promise<string>;
  /** The identity of a directory; see {@link IdentifiedDirectory.identity}. */
  identify(realPath: string): Promise<string>;
  /**
   * Opens a directory by a descriptor and asks the kernel for the path of this descriptor. Undefined where the kernel
   * cannot be asked (not on Linux, no /proc, missing permissions); core then compares the path before and after.
   */
  pinDirectory(path: string): Promise<PinnedDirectory | undefined>;
  /** Opens the list of the names in a directory. */
  openNames(path: string): Promise<DirectoryNames>;
  /** Called after a directory has been accepted, before its names are read. */
  onEnter?(directory: IdentifiedDirectory): Promise<void>;
  /** Up to `length` bytes from the beginning of a regular file; does not follow a link where the system allows that. */
  readHead(path: string, length: number): Promise<Uint8Array>;
  /** All names in a directory. */
  names(path: string): Promise<string[]>;
  /** A whole file as UTF-8. */
  readText(path: string): Promise<string>;
  /** Creates a file that only this user can read, writes it and syncs it to the disk; fails if the path exists. */
  writeNew(path: string, text: string): Promise<void>;
  /** Replaces what is at `to`, in one step. */
  rename(from: string, to: string): Promise<void>;
  /** Removes a file; also succeeds if there is none. */
  remove(path: string): Promise<void>;
  /** Creates a directory that only this user can read, and those above it; also succeeds if it exists. */
  makeDirectory(path: string): Promise<void>;
  /** Syncs the names in a directory to the disk; also succeeds where the file system cannot do that. */
  syncDirectory(path: string): Promise<void>;
  /** 16 random hex digits. */
  randomToken(): string;
}
