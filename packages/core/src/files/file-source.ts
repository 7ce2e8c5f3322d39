import { SourceError } from "../errors.ts";
import type { BlockReader, ByteSource } from "../runtime/byte-source.ts";
import { type FileState, fingerprintOf, stateChange } from "./file-state.ts";
import type { FileSystem } from "./file-system.ts";

/**
 * The open handles of one file, shared by its readers. What needs no waiting is returned without a promise: each one that a
 * small file need not wait for saves half a percent of its CPU.
 */
export interface FileHandles<Handle> {
  /** A handle for one reader, opened if necessary; `release` gives it back. Fails with any error of the runtime. */
  acquire(signal?: AbortSignal): Handle | Promise<Handle>;
  release(handle: Handle): void;
  /** Reads bytes from `position` on into the front of `into`; returns their number, 0 at the end of the file. */
  read(handle: Handle, into: Uint8Array, position: number): number | Promise<number>;
  /**
   * Whether the file may be read on the spot, now and by this process: it is on a disk of this machine, and what was read
   * last was in the page cache.
   */
  canReadNow?(): Promise<boolean>;
  /** {@link BlockReader.readNow}, of a file that is open; undefined where it is not. Throws any error of the runtime. */
  readNow?(into: Uint8Array, position: number): number | undefined;
  /** The state of the open file, so that a rename has no effect; where none is open, that of the path. */
  state(): FileState | Promise<FileState>;
  /** Closes the handles that are not the caller's. */
  close(): Promise<void> | void;
}

/** What a {@link FileSource} is made of. */
export interface FileSourceOptions<Handle> {
  /** For messages. */
  readonly name: string;
  /** The absolute path, for a hint about permissions. */
  readonly path: string;
  /** As it was when the upload was asked for; `changed` compares with it. */
  readonly state: FileState;
  readonly handles: FileHandles<Handle>;
  readonly unreadable: FileSystem["unreadable"];
}

/** A regular file, read at any offset by several loops at once. */
export class FileSource<Handle> implements ByteSource {
  readonly access = "random";
  readonly inMemory = false;
  readonly size: number;
  readonly fingerprint: string | undefined;
  readonly #options: FileSourceOptions<Handle>;
  #state: FileState;
  #closed = false;

  constructor(options: FileSourceOptions<Handle>) {
    this.size = Number(options.state.size);
    this.fingerprint = fingerprintOf(options.state);
    this.#options = options;
    this.#state = options.state;
  }

  async read(start: number, end: number, into: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    const { name, handles } = this.#options;
    signal?.throwIfAborted();
    if (this.#closed) throw new SourceError(`${name} was closed before this read`, "source-unreadable");
    try {
      const acquired = handles.acquire(signal);
      const handle = acquired instanceof Promise ? await acquired : acquired;
      try {
        return await this.#fill(handle, into.subarray(0, end - start), start, signal);
      } finally {
        handles.release(handle);
      }
    } catch (error) {
      throw this.#explained(error, signal);
    }
  }

  /** The reader keeps no handle: it may wait for memory and for a connection, among thousands of others. */
  async openBlocks(signal: AbortSignal): Promise<BlockReader | undefined> {
    const { handles } = this.#options;
    if (this.#closed || handles.readNow === undefined || !(await handles.canReadNow?.())) return undefined;
    try {
      // So that the first block finds it open, unless others need its descriptor before.
      handles.release(await handles.acquire(signal));
    } catch (error) {
      throw this.#explained(error, signal);
    }
    return {
      readNow: (into, position) => {
        try {
          return handles.readNow?.(into, position);
        } catch (error) {
          throw this.#explained(error, undefined);
        }
      },
    };
  }

  /**
   * Whether the file is another than at the start. The open file is examined: an upload of a file that was renamed, or
   * linked to, meanwhile is of that file all the same. Once removed or replaced, it has no name left.
   */
  async changed(): Promise<boolean | "metadata"> {
    try {
      const found = this.#options.handles.state();
      const now = found instanceof Promise ? await found : found;
      const change = stateChange(this.#state, now);
      if (change === "metadata") this.#state = now;
      return change;
    } catch {
      // It cannot be examined any more, so nothing shows that it is the same.
      return true;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#options.handles.close();
  }

  #explained(error: unknown, signal: AbortSignal | undefined): unknown {
    const { name, path, unreadable } = this.#options;
    if (signal?.aborted) return signal.reason;
    return error instanceof SourceError ? error : unreadable(name, path, error);
  }

  async #fill(
    handle: Handle,
    into: Uint8Array,
    start: number,
    signal: AbortSignal | undefined,
  ): Promise<Uint8Array> {
    const { handles } = this.#options;
    let filled = 0;
    while (filled < into.byteLength) {
      // An abort takes effect between reads, never during one: the kernel would go on writing into a buffer that core has
      // given to another part.
      signal?.throwIfAborted();
      const read = handles.read(handle, into.subarray(filled), start + filled);
      const bytesRead = read instanceof Promise ? await read : read;
      if (bytesRead === 0) break;
      filled += bytesRead;
    }
    return into.subarray(0, filled);
  }
}
