import { SourceError } from "@cosup/core";
import type { ByteSource } from "@cosup/core/runtime";
import { type FileState, fileState, fingerprintOf, stateChange } from "./file_state.ts";
import type { Handles } from "./handles.ts";
import { unreadable } from "./unreadable.ts";

/** What a {@link FileSource} is made of. */
export interface FileSourceOptions {
  /** For messages. */
  readonly name: string;
  readonly path: string;
  /** As it was when the upload was asked for. */
  readonly state: FileState;
  readonly handles: Handles;
  /** Looks at the file when no handle is open; `changed` compares with `state`. */
  readonly look: () => Promise<Deno.FileInfo>;
}

/** A regular file, read at any offset by several loops at once. */
export class FileSource implements ByteSource {
  readonly access = "random";
  readonly inMemory = false;
  readonly size: number;
  readonly fingerprint: string | undefined;
  readonly #options: FileSourceOptions;
  #state: FileState;
  #closed = false;

  constructor(options: FileSourceOptions) {
    this.size = options.state.size;
    this.fingerprint = fingerprintOf(options.state);
    this.#options = options;
    this.#state = options.state;
  }

  async read(start: number, end: number, into: Uint8Array, signal?: AbortSignal): Promise<Uint8Array> {
    const { name, path, handles } = this.#options;
    signal?.throwIfAborted();
    if (this.#closed) throw new SourceError(`${name} was closed before this read`, "source-unreadable");
    const wanted = into.subarray(0, end - start);
    try {
      return await handles.use((file) => readAt(file, start, wanted, signal), signal);
    } catch (error) {
      throw signal?.aborted || error instanceof SourceError ? error : unreadable(name, path, error);
    }
  }

  /**
   * Whether the file is another than at the start. The open file is asked: an upload of a file that was renamed, or
   * linked to, meanwhile is of that file all the same. Removed or replaced, it has no name left. Where it is not open, its
   * path is looked at.
   */
  async changed(): Promise<boolean | "metadata"> {
    const { handles, look } = this.#options;
    try {
      const now = fileState(await (handles.stat() ?? look()));
      const change = stateChange(this.#state, now);
      if (change === "metadata") this.#state = now;
      return change;
    } catch {
      // Gone, or out of sight: nothing proves any more that it is the same.
      return true;
    }
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#options.handles.close();
    return Promise.resolve();
  }
}

/** Fills `into` from `start` on; less only at the end of the file. */
async function readAt(
  file: Deno.FsFile,
  start: number,
  into: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  await file.seek(start, Deno.SeekMode.Start);
  let filled = 0;
  while (filled < into.byteLength) {
    // An abort is heeded between reads, never during one: the kernel would go on writing into a buffer
    // that core has given to another part.
    signal?.throwIfAborted();
    const bytesRead = await file.read(into.subarray(filled));
    if (bytesRead === null || bytesRead === 0) break;
    filled += bytesRead;
  }
  return into.subarray(0, filled);
}
