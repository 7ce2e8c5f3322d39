import { stat } from "node:fs/promises";
import { type ByteSource, SourceError } from "@cosup/core";
import { withDescriptor } from "../descriptors.ts";
import { type FileState, fileState, fingerprintOf, requireSame, sameState } from "./file-state.ts";
import { type OpenFile, openFile } from "./open-file.ts";
import { unreadable } from "./unreadable.ts";

export interface FileSourceOptions {
  /** For messages. */
  readonly name: string;
  /** As it was when the upload was asked for; `changed` compares with it. */
  readonly state: FileState;
  /** Where the content is: a path, opened at the first read; a file that is open; or both. */
  readonly path?: string;
  readonly file?: OpenFile;
}

/** Read in one go: what its path names meanwhile does not matter. */
const SMALL_BYTES = 1024 * 1024;

/** A regular file, read at any offset by several loops at once over one descriptor. */
export class FileSource implements ByteSource {
  readonly access = "random";
  readonly resident = false;
  readonly size: number;
  readonly fingerprint: string;
  readonly #name: string;
  readonly #state: FileState;
  readonly #path: string | undefined;
  #file: OpenFile | undefined;
  #opening: Promise<OpenFile> | undefined;
  #closed = false;

  constructor({ name, state, path, file }: FileSourceOptions) {
    this.size = Number(state.size);
    this.fingerprint = fingerprintOf(state);
    this.#name = name;
    this.#state = state;
    this.#path = path;
    this.#file = file;
  }

  async read(start: number, end: number, into: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    if (this.#closed) {
      throw new SourceError(`${this.#name} was closed before this read`, "source-unreadable");
    }
    const file = this.#file ?? (await this.#open(signal));
    const length = Math.min(end - start, into.byteLength);
    let filled = 0;
    while (filled < length) {
      // An abort is heeded between reads, never during one: the kernel would go on writing into a buffer
      // that core has given to another part.
      signal?.throwIfAborted();
      const bytesRead = await this.#readAt(file, into.subarray(filled, length), start + filled);
      if (bytesRead === 0) {
        break;
      }
      filled += bytesRead;
    }
    return into.subarray(0, filled);
  }

  /**
   * Whether the file is another than at the start. Of a large one the path is looked at, which also tells what it names
   * by now: the file that was opened is the one that the path named, unless it was replaced and put back, which its
   * ctime shows. Of a small one that was read at once, the open file is looked at: its ctime shows that it was edited,
   * replaced or removed.
   */
  async changed(): Promise<boolean> {
    try {
      const file = this.#file;
      const byFile = file !== undefined && (this.size <= SMALL_BYTES || this.#path === undefined);
      const stats = byFile ? await file.stat() : await stat(this.#path ?? "", { bigint: true });
      return !sameState(this.#state, fileState(stats));
    } catch {
      // Gone, or out of sight: nothing proves any more that it is the same.
      return true;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#opening?.catch(() => undefined);
    const file = this.#file;
    this.#file = undefined;
    file?.close();
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
    const path = this.#path ?? "";
    const file = await withDescriptor(() => openFile(path), signal).catch((error: unknown) => {
      throw unreadable(this.#name, error);
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
