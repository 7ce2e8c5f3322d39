import { stat } from "node:fs/promises";
import { SourceError } from "@cosup/core";
import type { Suspendable } from "@cosup/core/files";
import { openFiles, withDescriptor } from "@cosup/core/files";
import type { ByteSource } from "@cosup/core/runtime";
import { type FileState, fileState, fingerprintOf, requireSame, stateChange } from "./file-state.ts";
import { type Descriptor, type OpenFile, openFile } from "./open-file.ts";
import { unreadable } from "./unreadable.ts";

export interface FileSourceOptions {
  /** For messages. */
  readonly name: string;
  /** As it was when the upload was asked for; `changed` compares with it. */
  readonly state: FileState;
  /** Where it lies; undefined: only the open file, the caller's own, leads to it. */
  readonly path?: string;
  /** Opens what lies at `path`; by default whatever that is, through links. */
  readonly open?: () => Promise<Descriptor>;
  /** Set when it is open already. */
  readonly file?: OpenFile;
}

/** A regular file, read at any offset by several loops at once over one descriptor. */
export class FileSource implements ByteSource, Suspendable {
  readonly access = "random";
  readonly inMemory = false;
  readonly size: number;
  readonly fingerprint: string;
  readonly #name: string;
  readonly #path: string | undefined;
  readonly #openAgain: () => Promise<Descriptor>;
  #state: FileState;
  #file: OpenFile | undefined;
  #opening: Promise<OpenFile> | undefined;
  #readers = 0;
  #closed = false;

  constructor({ name, state, path, open, file }: FileSourceOptions) {
    this.size = Number(state.size);
    this.fingerprint = fingerprintOf(state);
    this.#name = name;
    this.#state = state;
    this.#path = path;
    this.#openAgain = open ?? (() => openFile(path ?? ""));
    this.#file = file;
    this.#becomeIdle();
  }

  async read(start: number, end: number, into: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    if (this.#closed) {
      throw new SourceError(`${this.#name} was closed before this read`, "source-unreadable");
    }
    this.#readers += 1;
    openFiles.busy(this);
    try {
      const file = this.#file ?? (await this.#open(signal));
      return await this.#fill(file, into.subarray(0, end - start), start, signal);
    } finally {
      this.#readers -= 1;
      this.#becomeIdle();
    }
  }

  async #fill(
    file: OpenFile,
    into: Uint8Array,
    start: number,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    let filled = 0;
    while (filled < into.byteLength) {
      // An abort is heeded between reads, never during one: the kernel would go on writing into a buffer
      // that core has given to another part.
      signal?.throwIfAborted();
      const bytesRead = await this.#readAt(file, into.subarray(filled), start + filled);
      if (bytesRead === 0) {
        break;
      }
      filled += bytesRead;
    }
    return into.subarray(0, filled);
  }

  /**
   * Whether the file is another than at the start. The open file is asked: an upload of a file that was renamed, or
   * linked to, meanwhile is of that file all the same. Removed or replaced, it has no name left. Where it is not open, its
   * path is looked at.
   */
  async changed(): Promise<boolean | "metadata"> {
    try {
      const stats = await (this.#file?.stat() ?? stat(this.#path ?? "", { bigint: true }));
      const now = fileState(stats);
      const change = stateChange(this.#state, now);
      if (change === "metadata") {
        this.#state = now;
      }
      return change;
    } catch {
      // Gone, or out of sight: nothing proves any more that it is the same.
      return true;
    }
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
    if (this.#readers === 0 && this.#path !== undefined && this.#file !== undefined && !this.#closed) {
      openFiles.idle(this);
    }
  }

  /** Not earlier than at the first read: thousands of queued files must not hold a descriptor each. */
  #open(signal: AbortSignal | undefined): Promise<OpenFile> {
    this.#opening ??= this.#openNow(signal)
      .catch((error: unknown) => {
        throw signal?.aborted ? signal.reason : error;
      })
      .finally(() => {
        this.#opening = undefined;
      });
    return this.#opening;
  }

  async #openNow(signal: AbortSignal | undefined): Promise<OpenFile> {
    const file = await withDescriptor(this.#openAgain, signal).catch((error: unknown) => {
      throw error instanceof SourceError ? error : unreadable(this.#name, error);
    });
    try {
      requireSame(this.#name, this.#state, file.stat());
    } catch (error) {
      file.close();
      throw error;
    }
    this.#file = file;
    return file;
  }

  async #readAt(file: OpenFile, into: Uint8Array, position: number): Promise<number> {
    try {
      return await file.read(into, position);
    } catch (error) {
      throw unreadable(this.#name, error);
    }
  }
}
