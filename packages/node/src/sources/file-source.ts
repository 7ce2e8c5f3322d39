import type { BigIntStats } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { type ByteSource, SourceError } from "@cosup/core";
import { withDescriptor } from "../descriptors.ts";
import { type FileState, fileState, fingerprintOf, requireSame, sameState } from "./file-state.ts";
import { unreadable } from "./unreadable.ts";

export interface FileSourceOptions {
  /** For messages. */
  readonly name: string;
  /** As it was when the upload was asked for; `changed` compares with it. */
  readonly state: FileState;
  /** Where the content is: a path, opened at the first read and closed by us, or the caller's own handle. */
  readonly from: string | FileHandle;
}

/** A regular file, read at any offset by several loops at once over one descriptor. */
export class FileSource implements ByteSource {
  readonly access = "random";
  readonly resident = false;
  readonly size: number;
  readonly fingerprint: string;
  readonly #name: string;
  readonly #state: FileState;
  readonly #from: string | FileHandle;
  #opening: Promise<FileHandle> | undefined;
  #closed = false;

  constructor({ name, state, from }: FileSourceOptions) {
    this.size = Number(state.size);
    this.fingerprint = fingerprintOf(state);
    this.#name = name;
    this.#state = state;
    this.#from = from;
  }

  async read(start: number, end: number, into: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    signal?.throwIfAborted();
    const handle = await this.#handle(signal);
    const length = Math.min(end - start, into.byteLength);
    let filled = 0;
    while (filled < length) {
      // An abort is heeded between reads, never during one: the kernel would go on writing into a buffer
      // that core has given to another part.
      signal?.throwIfAborted();
      const bytesRead = await this.#readAt(handle, into.subarray(filled, length), start + filled);
      if (bytesRead === 0) {
        break;
      }
      filled += bytesRead;
    }
    return into.subarray(0, filled);
  }

  /**
   * Whether the file, or what its path names by now, is another than at the start. One look at the path tells both:
   * the file that was opened is the one that the path named, unless it was replaced and put back, which its ctime
   * shows.
   */
  async changed(): Promise<boolean> {
    const from = this.#from;
    return this.#differs(
      typeof from === "string" ? stat(from, { bigint: true }) : from.stat({ bigint: true }),
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    const opening = this.#opening;
    this.#opening = undefined;
    const handle = await opening?.catch(() => undefined);
    await handle?.close();
  }

  #handle(signal: AbortSignal | undefined): Promise<FileHandle> {
    if (this.#closed) {
      return Promise.reject(
        new SourceError(`${this.#name} was closed before this read`, "source-unreadable"),
      );
    }
    const from = this.#from;
    if (typeof from !== "string") {
      return Promise.resolve(from);
    }
    // Opened here and not earlier: thousands of queued files must not hold a descriptor each.
    this.#opening ??= this.#open(from, signal).catch((error: unknown) => {
      this.#opening = undefined;
      throw signal?.aborted ? signal.reason : error;
    });
    return this.#opening;
  }

  async #open(path: string, signal: AbortSignal | undefined): Promise<FileHandle> {
    const handle = await withDescriptor(() => open(path, "r"), signal).catch((error: unknown) => {
      throw unreadable(this.#name, error);
    });
    try {
      requireSame(this.#name, this.#state, handle.fd);
      return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  async #readAt(handle: FileHandle, into: Uint8Array, position: number): Promise<number> {
    try {
      return (await handle.read(into, 0, into.byteLength, position)).bytesRead;
    } catch (error) {
      throw unreadable(this.#name, error);
    }
  }

  async #differs(stats: Promise<BigIntStats>): Promise<boolean> {
    try {
      return !sameState(this.#state, fileState(await stats));
    } catch {
      // Gone, or out of sight: nothing proves any more that it is the same.
      return true;
    }
  }
}
