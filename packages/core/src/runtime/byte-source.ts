import type { BodyInBlocks } from "./wire.ts";

/** Reads a source on the spot, while that needs no waiting. */
export interface BlockReader {
  /**
   * Reads bytes from `position` on into the front of `into`, and returns their number: 0 at the end of the source.
   * Undefined: the read might wait, for a disk or for the source to be opened again, so core uses {@link ByteSource.read}
   * for this block. It does so too where fewer bytes come than `into` has room for.
   * @throws {SourceError} the source cannot be read
   */
  readNow(into: Uint8Array, position: number): number | undefined;
}

/** A part of a source that a thread of the runtime reads, digests and sends. Core has none of its bytes. */
export interface PartInThread {
  /** Bytes in all. */
  readonly length: number;
  /** Begins an attempt: the body of its request, which `send` of the runtime gives to a thread. */
  begin(): BodyInBlocks;
  /**
   * The checksums of all bytes. A thread reads what no attempt has sent, or all of it for an MD5.
   * @throws {SourceError} the source cannot be read, or has other bytes than an attempt sent before
   */
  digest(withMd5: boolean): Promise<{
    readonly crc64: bigint;
    readonly md5: Uint8Array<ArrayBuffer> | undefined;
  }>;
}

/** Gives ranges of one source to threads. */
export type PartsInThreads = (start: number, length: number, signal: AbortSignal) => PartInThread;

/** The bytes of one upload. Core reads a source and closes it once, also when the upload fails. */
export interface ByteSource {
  /** Bytes in all; undefined: a stream of unknown length. Core reads it several times: it must not change. */
  readonly size: number | undefined;
  /**
   * Identifies the content across processes, for example by size and modification time; core stores it in checkpoints.
   * Undefined: no other process could recognise the content, so that only a stream, which is compared part by part, can
   * be resumed.
   */
  readonly fingerprint: string | undefined;
  /**
   * True when every read returns exactly the content that `fingerprint` identifies, or fails. A resume then does not read
   * the parts again that were verified according to the checkpoint.
   */
  readonly immutable?: boolean;
  /**
   * `sequential`: core reads it once, front to back, one read at a time. `random`: core reads at any offset, several ranges
   * at once, and a range again if need be.
   */
  readonly access: "random" | "sequential";
  /** True when `read` returns views of memory that exists already, so that core takes no part buffer. */
  readonly inMemory: boolean;
  /**
   * Reads the bytes from `start` to `end` (exclusive). It writes them to the front of `into` and returns that part of it,
   * or returns a view of its own memory. Fewer bytes than `end - start` mean that the source has ended. `into` is always
   * `end - start` bytes long for a sequential source, and may be empty for one in memory. After the promise has settled, nothing
   * may be written to `into`: core gives the memory to another part.
   */
  read(start: number, end: number, into: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
  /**
   * Opens the source for one part that is read in blocks while it is sent. Resolves to undefined where reads are not
   * possible on the spot; core then reads the part as a whole. The reader is not closed, so it may hold nothing that others
   * wait for, such as a descriptor. Only random sources have it.
   */
  openBlocks?(signal: AbortSignal): Promise<BlockReader | undefined>;
  /**
   * Ends the read under way early: it resolves at once with the bytes that it has, and writes no more into its `into`.
   * Nothing is lost: what the stream gives later belongs to the next read. Does nothing when no read is under way.
   * Core calls it when a stream has given no bytes for a while, so that the part buffer can go to another upload. Only
   * sequential sources have it; one without it keeps its part buffer until the read ends.
   */
  interrupt?(): void;
  /**
   * Whether the content is no longer what it was when the source was opened. Core calls it after the last read and before
   * it publishes the object. `metadata`: something has changed that need not concern the content (access rights, a name).
   * Core then reads a random source again, and the next call must compare with the state that this one has seen.
   */
  changed(): Promise<boolean | "metadata">;
  /** Releases what the source holds; handles that the caller has opened stay open. Core calls it when the upload ends. */
  close(): Promise<void>;
}
