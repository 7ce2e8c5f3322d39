import type { BigIntStats } from "node:fs";
import { stat } from "node:fs/promises";
import { SourceError } from "@cosup/core";
import {
  type FileHandles,
  FileSource,
  type FileState,
  openFiles,
  type Suspendable,
  withDescriptor,
} from "@cosup/core/files";
import type { ByteSource } from "@cosup/core/runtime";
import { fileSystem } from "../file-system.ts";
import { blockReads } from "./block-reads.ts";
import type { LendableFile, LentDescriptor } from "./lendable-file.ts";
import { isDeviceLocal } from "./local-disk.ts";
import { type Descriptor, type OpenFile, openFile } from "./open-file.ts";
import { unreadable } from "./unreadable.ts";

export function fileState({ size, mtimeNs, ctimeNs, ino, dev, nlink }: BigIntStats): FileState {
  return { size, mtime: mtimeNs, ctime: ctimeNs, ino, dev, nlink };
}

type Identity = Pick<FileState, "dev" | "ino">;

/** Checks that the opened file is the one that was asked for: its path may have led to another one for a moment. */
export function requireSame(name: string, asked: Identity, opened: Identity): void {
  if (opened.dev !== asked.dev || opened.ino !== asked.ino) {
    throw new SourceError(`${name} was replaced while it was being uploaded`, "source-changed");
  }
}

export interface SharedFileOptions {
  /** For messages. */
  readonly name: string;
  /** As it was when the upload was asked for. */
  readonly state: FileState;
  /** Its absolute path; undefined for a handle of the caller's, whose path is unknown. */
  readonly path?: string;
  /** Opens the file at `path`; by default, links are followed. */
  readonly open?: () => Promise<Descriptor>;
  /** Set when it is open already. */
  readonly file?: OpenFile;
}

/** The source of a regular file. */
export function fileSource(options: SharedFileOptions): ByteSource {
  return new NodeFileSource(options, new SharedFile(options));
}

class NodeFileSource extends FileSource<OpenFile> {
  /** Undefined: its descriptor is the caller's. A field, because a WeakMap would be work for every garbage collection. */
  readonly lendable: LendableFile | undefined;

  constructor({ name, path, state }: SharedFileOptions, handles: SharedFile) {
    super({ name, path: path ?? "", state, handles, unreadable: fileSystem.unreadable });
    this.lendable = path === undefined ? undefined : handles;
  }
}

/** The file of a source, if threads may read it. */
export function lendableFile(source: ByteSource): LendableFile | undefined {
  return source instanceof NodeFileSource ? source.lendable : undefined;
}

/** A regular file that all readers share: Node reads at given positions over one descriptor. */
class SharedFile implements FileHandles<OpenFile>, Suspendable, LendableFile {
  readonly #options: SharedFileOptions;
  #file: OpenFile | undefined;
  #opening: Promise<OpenFile> | undefined;
  #readers = 0;
  #closed = false;

  constructor(options: SharedFileOptions) {
    this.#options = options;
    this.#file = options.file;
    this.#becomeIdle();
  }

  acquire(signal?: AbortSignal): OpenFile | Promise<OpenFile> {
    this.#readers += 1;
    openFiles.busy(this);
    return this.#file ?? this.#opened(signal);
  }

  async #opened(signal: AbortSignal | undefined): Promise<OpenFile> {
    try {
      return await this.#open(signal);
    } catch (error) {
      this.release();
      throw error;
    }
  }

  release(): void {
    this.#readers -= 1;
    this.#becomeIdle();
  }

  async lend(signal: AbortSignal): Promise<LentDescriptor> {
    const { name, state } = this.#options;
    try {
      const lent = (await this.acquire(signal)).lend?.();
      if (lent === undefined) throw new Error("a handle of the caller's is not lent");
      const release = (): void => {
        lent.giveBack();
        this.release();
      };
      return { descriptor: lent.descriptor, name, size: Number(state.size), release };
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      throw error instanceof SourceError ? error : unreadable(name, error);
    }
  }

  read(file: OpenFile, into: Uint8Array, position: number): number | Promise<number> {
    return file.read(into, position);
  }

  async canReadNow(): Promise<boolean> {
    const { path, state } = this.#options;
    return path !== undefined && (await isDeviceLocal(path, state.dev)) && blockReads.next();
  }

  readNow(into: Uint8Array, position: number): number | undefined {
    const file = this.#file;
    if (file === undefined || !blockReads.fast) return undefined;
    return blockReads.run(() => file.readSync?.(into, position));
  }

  state(): FileState | Promise<FileState> {
    const stats = this.#file?.stat() ?? stat(this.#options.path ?? "", { bigint: true });
    return stats instanceof Promise ? stats.then(fileState) : fileState(stats);
  }

  /** Thousands of uploads that wait for something else must not hold a descriptor each. */
  suspend(): void {
    const file = this.#file;
    this.#file = undefined;
    file?.close();
  }

  async close(): Promise<void> {
    this.#closed = true;
    openFiles.busy(this);
    await this.#opening?.catch(() => undefined);
    this.suspend();
  }

  /** The caller's own file is never closed. */
  #becomeIdle(): void {
    const isOurs = this.#options.path !== undefined && this.#file !== undefined;
    if (this.#readers === 0 && isOurs && !this.#closed) openFiles.idle(this);
  }

  /** Opens the file at the first read, because thousands of queued files must not hold a descriptor each. */
  #open(signal: AbortSignal | undefined): Promise<OpenFile> {
    this.#opening ??= this.#openNow(signal).finally(() => {
      this.#opening = undefined;
    });
    return this.#opening;
  }

  async #openNow(signal: AbortSignal | undefined): Promise<OpenFile> {
    const { name, state, path = "", open = () => openFile(path) } = this.#options;
    const file = await withDescriptor(open, signal);
    try {
      requireSame(name, state, file.stat());
    } catch (error) {
      file.close();
      throw error;
    }
    this.#file = file;
    return file;
  }
}
