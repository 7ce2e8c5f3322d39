import { constants, writeSync } from "node:fs";
import { chmod, type FileHandle, link, open, stat } from "node:fs/promises";
import type { RandomAccessFile, RandomAccessFiles, WriteFailure } from "@cosup/core/download";
import { errorCode } from "@cosup/core/runtime";
import { isOnLocalDisk } from "./sources/local-disk.ts";
import { PageCachePace } from "./sources/page-cache-pace.ts";

/**
 * Into the page cache, a write of 256 KiB takes 0.1 ms, half of what it costs by libuv's threads. It has to wait when the
 * kernel holds writers back while the disk catches up; as long as it does, the pauses become longer.
 */
export const WRITE_PACE = { cachedMs: 2, pause: 8, longestPause: 512 };

/** One for the process, because all downloads share the page cache. */
const syncWrites = new PageCachePace(WRITE_PACE);

const FAILURES: Readonly<Record<string, WriteFailure>> = {
  EEXIST: "exists",
  ENOSPC: "no-space",
  EDQUOT: "no-space",
  EACCES: "denied",
  EPERM: "denied",
  EROFS: "denied",
  ENOENT: "no-directory",
  ENOTDIR: "no-directory",
};

/** The codes of file systems that have no links. */
const NO_LINKS = ["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK", "EXDEV"];

/** Windows has none of them. */
const { O_RDWR = 0, O_CREAT = 0, O_EXCL = 0, O_NOFOLLOW = 0 } = constants as Partial<typeof constants>;

/** Node's files, for core's downloads. */
export const randomAccess: RandomAccessFiles = {
  open: async (path, create) => {
    const handle = await open(path, O_RDWR | (create ? O_CREAT | O_EXCL : O_NOFOLLOW), 0o666);
    return new NodeFile(handle, await isOnLocalDisk(path));
  },
  copyPermissions: async (from, to) => chmod(to, (await stat(from)).mode & 0o777),
  link: (path, name) =>
    link(path, name).catch((error: unknown) => {
      throw NO_LINKS.includes(errorCode(error) ?? "") ? new NoLinks(error) : error;
    }),
  failureOf: (error) => (error instanceof NoLinks ? "unsupported" : FAILURES[errorCode(error) ?? ""]),
};

class NoLinks extends Error {
  constructor(cause: unknown) {
    super("the file system has no links", { cause });
  }
}

class NodeFile implements RandomAccessFile {
  readonly #handle: FileHandle;
  readonly #isLocal: boolean;

  constructor(handle: FileHandle, isLocal: boolean) {
    this.#handle = handle;
    this.#isLocal = isLocal;
  }

  write(bytes: Uint8Array, position: number): Promise<void> | undefined {
    if (!this.#isLocal || !syncWrites.next()) return this.#writeLater(bytes, position);
    const { fd } = this.#handle;
    syncWrites.run(() => {
      for (let at = 0; at < bytes.length; ) {
        at += writeSync(fd, bytes, at, bytes.length - at, position + at);
      }
    });
    return undefined;
  }

  async #writeLater(bytes: Uint8Array, position: number): Promise<void> {
    for (let at = 0; at < bytes.length; ) {
      const { bytesWritten } = await this.#handle.write(bytes, at, bytes.length - at, position + at);
      at += bytesWritten;
    }
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    return (await this.#handle.read(into, 0, into.length, position)).bytesRead;
  }

  truncate(length: number): Promise<void> {
    return this.#handle.truncate(length);
  }

  async size(): Promise<number> {
    return (await this.#handle.stat()).size;
  }

  sync(): Promise<void> {
    return this.#handle.sync();
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
