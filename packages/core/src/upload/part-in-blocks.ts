import type { Digest, DigestCore } from "../digest/digest-core.ts";
import type { BlockReader, ByteSource } from "../runtime/byte-source.ts";
import type { BodyInBlocks } from "../runtime/wire.ts";
import type { PartToRead } from "./filled-part.ts";
import { readRange } from "./read-range.ts";
import { endedEarly } from "./source-length.ts";
import { sourceChanged } from "./unchanged.ts";

/**
 * Bytes that are read, digested and sent at once. They stay in the second-level cache of the CPU meanwhile: with a buffer
 * for the whole part, reading, digesting and encrypting each fetch them from memory, which is a third of an upload's CPU.
 */
export const BLOCK_BYTES = 256 * 1024;

/** What a part is read with. */
export interface PartInBlocksOptions {
  readonly source: ByteSource;
  readonly reader: BlockReader;
  readonly core: DigestCore;
  /** Memory of {@link BLOCK_BYTES}. */
  readonly memory: Uint8Array;
  /** Where the part begins in the source, and its bytes. */
  readonly start: number;
  readonly length: number;
  readonly signal: AbortSignal;
}

/**
 * A part that is read while it is sent, each block when the socket has accepted the one before it. A retry reads it again:
 * a block with other bytes than before fails the upload, because COS's checksum would then be compared with the wrong one.
 */
export class PartInBlocks implements PartToRead {
  readonly length: number;
  readonly #options: PartInBlocksOptions;
  /** CRC64 of the part up to the beginning of each block that has been read, and to the end of the last one. */
  readonly #crc64s = [0n];
  #reading: Promise<Uint8Array> | undefined;
  #closed = false;
  #attempt = 0;

  constructor(options: PartInBlocksOptions) {
    this.#options = options;
    this.length = options.length;
  }

  /** CRC64 of the part up to the end of each block that has been read. */
  get crc64s(): readonly bigint[] {
    return this.#crc64s.slice(1);
  }

  /** {@link BodyInBlocks.block}, of any attempt. */
  block(at: number): Uint8Array | Promise<Uint8Array> {
    if (this.#closed) throw new Error("the part has been sent: it may be read no more");
    // An earlier attempt may still wait for a disk, with the same memory.
    if (this.#reading !== undefined) return this.#reading.then(() => this.block(at));
    const { reader, memory, start } = this.#options;
    const into = memory.subarray(0, Math.min(BLOCK_BYTES, this.length - at));
    const read = reader.readNow(into, start + at);
    // A read on the spot may be cut short before a damaged place of a disk: the source says whether it has ended.
    return read === into.length ? this.#accept(into, at, read) : this.#readLater(into, at);
  }

  begin(): BodyInBlocks {
    this.#attempt += 1;
    const attempt = this.#attempt;
    return {
      length: this.length,
      block: (at) => {
        if (attempt !== this.#attempt) throw new Error("the request has ended: its body may be read no more");
        return this.block(at);
      },
    };
  }

  async digest(_bytes: Uint8Array, withMd5 = false): Promise<Digest> {
    const md5 = withMd5 ? this.#options.core.md5Stream() : undefined;
    const known = (this.#crc64s.length - 1) * BLOCK_BYTES;
    for (let at = withMd5 ? 0 : known; at < this.length; at += BLOCK_BYTES) {
      const block = await this.block(at);
      md5?.update(block);
    }
    return { crc64: this.#crc64s.at(-1) ?? 0n, md5: md5?.digest() };
  }

  /** Ends the reading. The memory may be given back when this has resolved. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#reading?.catch(() => undefined);
  }

  #readLater(into: Uint8Array, at: number): Promise<Uint8Array> {
    const { source, start, signal } = this.#options;
    const from = start + at;
    this.#reading = readRange(source, from, from + into.length, into, signal)
      .then((bytes) => this.#accept(into, at, bytes.length))
      .finally(() => {
        this.#reading = undefined;
      });
    return this.#reading;
  }

  #accept(block: Uint8Array, at: number, read: number): Uint8Array {
    const { source, core, start } = this.#options;
    if (read < block.length) throw endedEarly(start + at + read, source.size ?? 0);
    const index = at / BLOCK_BYTES;
    const crc64 = core.crc64(block, this.#crc64s[index]);
    const before = this.#crc64s[index + 1];
    if (before === undefined) this.#crc64s.push(crc64);
    else if (before !== crc64) throw sourceChanged();
    return block;
  }
}
