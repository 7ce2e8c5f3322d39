/** Where bytes come from. */
export interface ByteSource {
  /** Bytes in all; undefined: a stream of unknown length. */
  readonly size: number | undefined;
  /** Names this content across processes (size and modification time); undefined: cannot be resumed elsewhere. */
  readonly fingerprint: string | undefined;
  /**
   * True when every read is of exactly the content that `fingerprint` names, or fails: then a resume need not read
   * again the parts that its checkpoint proves.
   */
  readonly immutable?: boolean;
  /** `sequential` sources are read once, front to back; `random` ones at any offset, by several loops at once. */
  readonly access: "random" | "sequential";
  /** True when `read` returns views of memory that exists already, so that no part buffer is needed. */
  readonly inMemory: boolean;
  /**
   * Reads the bytes from `start` to `end` (exclusive): into `into`, returning the filled front of it, or
   * returning a view of its own memory. Fewer bytes than asked for mean that the source has ended.
   * A sequential source is asked in order, and `into` is always `end - start` bytes long.
   */
  read(start: number, end: number, into: Uint8Array, signal?: AbortSignal): Promise<Uint8Array>;
  /**
   * Ends the read under way early: it resolves at once with the bytes that it has, and writes no more into its `into`.
   * Nothing is lost: what the stream gives later belongs to the next read. Does nothing when no read is under way.
   * Core calls it when a stream has given no bytes for a while, so that the part buffer can go to another upload. Only
   * sequential sources have it; one without it keeps its part buffer until the read ends.
   */
  interrupt?(): void;
  /**
   * Whether the content is no longer what it was when it was opened. `metadata`: something about the
   * source has changed that need not concern its content (its rights, its name). Core then reads a random source again,
   * and the next call compares with the state that this one has seen.
   */
  changed(): Promise<boolean | "metadata">;
  /** Gives back what it holds; the caller's own handles stay open. */
  close(): Promise<void>;
}
