import { type Clock, sleep } from "../runtime/clock.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { Arena } from "./arena.ts";
import { detachedBufferError, isDetached } from "./detached-buffer.ts";
import { Md5Lanes } from "./md5-lanes.ts";
import { Md5Stream } from "./md5-stream.ts";
import { instantiate, reserveArena, type WasmExports } from "./wasm-exports.ts";

/** What is known of a part's bytes before they are sent. */
export interface Digest {
  readonly crc64: bigint;
  /** 16 bytes; only when asked for. */
  readonly md5: Uint8Array<ArrayBuffer> | undefined;
}

/** Bytes per turn of the CRC: at 8 GB/s about 2 ms, so that a part of gigabytes does not hold up the event loop. */
const CRC_TURN = 16 * 1024 * 1024;

/** One WASM instance: its arena of part buffers, and the digests that run in it. */
export class DigestCore {
  readonly arena: Arena;
  readonly #wasm: WasmExports;
  readonly #clock: Clock;
  readonly #lanes: Md5Lanes;

  private constructor(wasm: WasmExports, arenaBytes: number, clock: Clock, exclusive: boolean) {
    this.#wasm = wasm;
    this.#clock = clock;
    this.#lanes = new Md5Lanes(wasm, clock);
    const grow = (bytes: number): ArrayBuffer => reserveArena(wasm, bytes);
    this.arena = new Arena(grow, wasm.arenaStart(), arenaBytes, exclusive);
  }

  /** @param exclusive whether the arena gives out one buffer at a time, and grows to the largest; see {@link Arena} */
  static async create(
    runtime: Runtime,
    arenaBytes: number,
    clock: Clock,
    exclusive = false,
  ): Promise<DigestCore> {
    return new DigestCore(instantiate(await runtime.wasm), arenaBytes, clock, exclusive);
  }

  /**
   * CRC64 always, MD5 when asked; in place for bytes in the arena, through a window for others.
   * Rejects with a SourceError when the bytes' buffer is transferred away meanwhile.
   */
  async digest(bytes: Uint8Array, withMd5: boolean): Promise<Digest> {
    // Bytes that were lost before are not the empty ones that they seem to be.
    if (isDetached(bytes)) throw detachedBufferError();
    const { length } = bytes;
    const md5 = withMd5 ? this.#lanes.digest(bytes) : undefined;
    // It may fail while the CRC takes its turns, or with it: told once, below, it must not be an unhandled rejection.
    md5?.catch(() => {});
    let crc64 = 0n;
    for (let start = 0; start < length; start += CRC_TURN) {
      if (start > 0) await sleep(this.#clock, 0);
      if (bytes.length !== length) throw detachedBufferError();
      crc64 = this.crc64(bytes.subarray(start, start + CRC_TURN), crc64);
    }
    return { crc64, md5: await md5 };
  }

  /** CRC64-ECMA of `bytes` after those that gave `crc`. */
  crc64(bytes: Uint8Array, crc = 0n): bigint {
    if (bytes.buffer === this.#wasm.memory.buffer) {
      return BigInt.asUintN(64, this.#wasm.crc64(crc, bytes.byteOffset, bytes.length));
    }
    let result = crc;
    const { memory } = this.#wasm;
    // Taken anew each time: the arena may have been added since, which moves the memory.
    const window = new Uint8Array(memory.buffer, this.#wasm.windowStart(), this.#wasm.windowLength());
    for (let start = 0; start < bytes.length; start += window.length) {
      const piece = bytes.subarray(start, start + window.length);
      window.set(piece);
      result = this.#wasm.crc64(result, window.byteOffset, piece.length);
    }
    return BigInt.asUintN(64, result);
  }

  /** MD5 of bytes that come one after the other. */
  md5Stream(): Md5Stream {
    return new Md5Stream(this.#wasm);
  }

  /** CRC64 of A‖B from those of A and of B, and the length of B. */
  combine(crcA: bigint, crcB: bigint, lengthB: number): bigint {
    return BigInt.asUintN(64, this.#wasm.crc64Combine(crcA, crcB, BigInt(lengthB)));
  }

  /** Bytes per part: `preferred`, grown until 10 000 parts suffice; -1 above 48.8 TiB. */
  partSize(size: number, preferred: number): number {
    return this.#wasm.partSize(size, preferred);
  }

  partCount(size: number, partSize: number): number {
    return this.#wasm.partCount(size, partSize);
  }

  partStart(partNumber: number, partSize: number): number {
    return this.#wasm.partStart(partNumber, partSize);
  }

  partLength(partNumber: number, size: number, partSize: number): number {
    return this.#wasm.partLength(partNumber, size, partSize);
  }
}
