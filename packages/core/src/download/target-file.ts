import { ArgumentTypeError } from "../argument-errors.ts";
import { withDescriptor } from "../files/descriptors.ts";
import { joinPath } from "../files/paths.ts";
import type { RandomAccessFile } from "../files/random-access.ts";
import { type LocalFiles, unwritable } from "./local-files.ts";
import { TargetError } from "./target-error.ts";

/** Where the file goes. */
export interface Target {
  /** The path as the caller gave it, for messages. */
  readonly name: string;
  /** Absolute, without links. */
  readonly path: string;
  readonly directory: string;
  /** The last name of the path. */
  readonly fileName: string;
  /** Whether there is a file already. */
  readonly exists: boolean;
}

/**
 * Finds out what is at the path. Links are followed, so that the file they lead to is replaced, and not the link.
 * @throws {TargetError} nothing can be written there, or a file is there that must not be replaced
 */
export async function findTarget(files: LocalFiles, name: string, overwrite: boolean): Promise<Target> {
  const { fileSystem } = files;
  if (name === "" || name.includes("\0")) {
    throw new ArgumentTypeError("LocalFilePath", "a path that is not empty, without null characters");
  }
  // Some systems' `absolute` removes it.
  if (name.endsWith("/") || name.endsWith(fileSystem.separator)) {
    throw refused(name, "is the path of a directory; give the path of a file in it");
  }
  const absolute = fileSystem.absolute(name);
  try {
    const found = await fileSystem.lstat(absolute).catch((error: unknown) => {
      if (fileSystem.kindOf(error) === "not-found") return undefined;
      throw error;
    });
    if (found === undefined) return await newTarget(files, name, absolute);
    const status = found.isSymlink ? await linked(files, name, absolute) : found;
    if (status.isDirectory) throw refused(name, "is a directory; give the path of a file in it");
    if (!status.isFile) throw refused(name, "is no regular file");
    if (!overwrite) throw targetExists(name);
    return { name, ...split(fileSystem.separator, await fileSystem.realPath(absolute)), exists: true };
  } catch (error) {
    throw error instanceof TargetError ? error : unwritable(files, name, absolute, error);
  }
}

async function linked({ fileSystem }: LocalFiles, name: string, absolute: string) {
  try {
    return await fileSystem.stat(absolute);
  } catch (error) {
    if (fileSystem.kindOf(error) !== "not-found") throw error;
    throw refused(name, "is a symbolic link to a file that does not exist");
  }
}

/** The folder must exist; its links are resolved now, so that the path stays the same while the download runs. */
async function newTarget({ fileSystem }: LocalFiles, name: string, absolute: string): Promise<Target> {
  const { directory, fileName } = split(fileSystem.separator, absolute);
  const real = await fileSystem.realPath(directory);
  return { name, directory: real, fileName, path: joinPath(fileSystem, real, fileName), exists: false };
}

function split(separator: string, path: string) {
  const at = Math.max(path.lastIndexOf(separator), path.lastIndexOf("/"));
  // The root ends in its separator.
  const directory = path.slice(0, Math.max(at, path.indexOf(separator) + 1));
  return { path, directory, fileName: path.slice(at + 1) };
}

function refused(name: string, why: string): TargetError {
  return new TargetError(`${name} ${why}`, "target-unwritable");
}

function targetExists(name: string, cause?: unknown): TargetError {
  return new TargetError(`${name} exists already, and overwrite is false`, "target-exists", { cause });
}

/** Characters of a file's name in that of its unfinished one, so that no name becomes too long. */
const NAME_CHARACTERS = 40;

/** The file that a download is written to until it is complete: beside the target, so that it can be renamed. */
export class UnfinishedFile {
  readonly path: string;
  readonly #files: LocalFiles;
  readonly #target: Target;

  /** @param token the same for each call that may go on with the download */
  constructor(files: LocalFiles, target: Target, token: string) {
    const name = `.${target.fileName.slice(0, NAME_CHARACTERS)}.cosup-${token}.part`;
    this.path = joinPath(files.fileSystem, target.directory, name);
    this.#files = files;
    this.#target = target;
  }

  /** Opens it once more; every range in progress has a handle of its own. */
  async open(create = false): Promise<RandomAccessFile> {
    try {
      const file = await withDescriptor(() => this.#files.randomAccess.open(this.path, create));
      return this.#explained(file);
    } catch (error) {
      throw this.#unwritable(error);
    }
  }

  /** Removes what an earlier call has left, and creates an empty one. */
  async create(): Promise<RandomAccessFile> {
    await this.remove();
    return this.open(true);
  }

  async remove(): Promise<void> {
    await this.#files.fileSystem.remove(this.path);
  }

  /**
   * Puts the complete file at its path, in one step: after a crash at any instant, the path has the old file or the new one.
   * @param overwrite false: fail if there is a file by now
   */
  async moveToTarget(overwrite: boolean): Promise<void> {
    const { fileSystem } = this.#files;
    const { path, exists, directory } = this.#target;
    try {
      if (exists) await this.#takePermissions();
      if (overwrite) await fileSystem.rename(this.path, path);
      else await this.#linkToTarget();
      await fileSystem.syncDirectory(directory);
    } catch (error) {
      throw error instanceof TargetError ? error : this.#unwritable(error);
    }
  }

  /** Of the file that is replaced. Another program may have removed it by now. */
  async #takePermissions(): Promise<void> {
    const { fileSystem, randomAccess } = this.#files;
    const { path } = this.#target;
    try {
      await randomAccess.copyPermissions(path, this.path);
    } catch (error) {
      const status = await fileSystem.lstat(path).catch(() => undefined);
      if (status !== undefined) throw error;
    }
  }

  async #linkToTarget(): Promise<void> {
    const { fileSystem, randomAccess } = this.#files;
    const { name, path } = this.#target;
    try {
      await randomAccess.link(this.path, path);
    } catch (error) {
      const failure = randomAccess.failureOf(error);
      if (failure === "exists") throw targetExists(name, error);
      if (failure !== "unsupported") throw error;
      // A file system without links: between this look and the rename, another program may create the file.
      const there = await fileSystem.lstat(path).catch(() => undefined);
      if (there !== undefined) throw targetExists(name);
      return fileSystem.rename(this.path, path);
    }
    await this.remove();
  }

  #unwritable(error: unknown): TargetError {
    return unwritable(this.#files, this.#target.name, this.path, error);
  }

  /** Its failures as a caller can understand them. */
  #explained(file: RandomAccessFile): RandomAccessFile {
    const explain = (error: unknown): never => {
      throw this.#unwritable(error);
    };
    return {
      write: (bytes, position) => {
        try {
          return file.write(bytes, position)?.catch(explain);
        } catch (error) {
          return explain(error);
        }
      },
      read: (into, position) => file.read(into, position).catch(explain),
      truncate: (length) => file.truncate(length).catch(explain),
      size: () => file.size().catch(explain),
      sync: () => file.sync().catch(explain),
      close: () => file.close(),
    };
  }
}
