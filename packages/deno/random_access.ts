import type { RandomAccessFile, RandomAccessFiles, WriteFailure } from "@cosup/core/download";
import { errorCode } from "@cosup/core/runtime";
import { flagFor, isNotCapable } from "./permissions.ts";

/** Deno's files, for core's downloads. */
export const randomAccess: RandomAccessFiles = {
  open: async (path, create) =>
    new DenoFile(await Deno.open(path, { read: true, write: true, createNew: create })),
  copyPermissions: async (from, to) => {
    const { mode } = await Deno.stat(from);
    if (mode !== null) await Deno.chmod(to, mode & 0o777);
  },
  link: (path, name) => Deno.link(path, name),
  failureOf,
  permissionFor: (error, path) => (isNotCapable(error) ? flagFor(error, path) : undefined),
};

const FAILURES: Readonly<Record<string, WriteFailure>> = { ENOSPC: "no-space", EDQUOT: "no-space" };

function failureOf(error: unknown): WriteFailure | undefined {
  if (error instanceof Deno.errors.AlreadyExists) return "exists";
  if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
    return "no-directory";
  }
  // Without --allow-read and --allow-write for all files, Deno makes no links.
  if (isNotCapable(error) || error instanceof Deno.errors.NotSupported) return "unsupported";
  if (error instanceof Deno.errors.PermissionDenied) return "denied";
  return FAILURES[errorCode(error) ?? ""];
}

/** A handle has one position: each range has a handle of its own, and uses it for one thing at a time. */
class DenoFile implements RandomAccessFile {
  readonly #file: Deno.FsFile;

  constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  async write(bytes: Uint8Array, position: number): Promise<void> {
    await this.#file.seek(position, Deno.SeekMode.Start);
    for (let at = 0; at < bytes.length; ) at += await this.#file.write(bytes.subarray(at));
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    await this.#file.seek(position, Deno.SeekMode.Start);
    return (await this.#file.read(into)) ?? 0;
  }

  async truncate(length: number): Promise<void> {
    await this.#file.truncate(length);
  }

  async size(): Promise<number> {
    return (await this.#file.stat()).size;
  }

  async sync(): Promise<void> {
    await this.#file.sync();
  }

  close(): Promise<void> {
    this.#file.close();
    return Promise.resolve();
  }
}
