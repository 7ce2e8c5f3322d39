import { type Clock, sleep } from "../runtime/clock.ts";
import type { Runtime } from "../runtime/runtime.ts";
import { Arena } from "./arena.ts";
import { crc64 } from "./crc64.ts";
import { detachedBufferError, isDetached, isIntact } from "./detached-buffer.ts";
import { Md5Lanes } from "./md5-lanes.ts";
import { Md5Stream } from "./md5-stream.ts";
import { instantiate, reserveArena, type WasmExports } from "./wasm-instance.ts";

/** The checksums of bytes. */
export interface Digest {
  readonly crc64: bigint;
  /** 16 bytes; undefined when it was not requested. */
  readonly md5: Uint8Array<ArrayBuffer> | undefined;
}

/** Bytes per turn of the event loop: about 2 ms at 8 GB/s, so that a part of gigabytes does not block it. */
const CRC_TURN = 16 * 1024 * 1024;

/** One WASM instance: its arena of part buffers, and the digests that run in it. */
export class DigestCore {
  readonly arena: Arena;
  readonly #wasm: WasmExports;
  readonly #clock: Clock;
  readonly #lanes: Md5Lanes;

  private constructor(
    wasm: WasmExports,
    arenaBytes: number,
    clock: Clock,
    exclusive: boolean,
    takesResizable: boolean | undefined,
  ) {
    this.#wasm = wasm;
    this.#clock = clock;
    this.#lanes = new Md5Lanes(wasm, clock);
    const grows = takesResizable && wasm.memory.toResizableBuffer?.();
    const grow = (bytes: number): ArrayBuffer => reserveArena(wasm, grows || exclusive ? bytes : arenaBytes);
    this.arena = new Arena(grow, wasm.arenaStart(), arenaBytes, exclusive);
  }

  /** @param exclusive whether the arena gives out one buffer at a time, and grows to the largest; see {@link Arena} */
  static async create(
    runtime: Pick<Runtime, "wasm" | "takesResizable">,
    arenaBytes: number,
    clock: Clock,
    exclusive = false,
  ): Promise<DigestCore> {
    const wasm = instantiate(await runtime.wasm);
    return new DigestCore(wasm, arenaBytes, clock, exclusive, runtime.takesResizable);
  }

  /**
   * Computes the CRC64 of bytes, and their MD5 if `withMd5`. Bytes in the arena are read in place; others are copied, block
   * by block, into the input window of the WASM memory.
   * @throws {SourceError} the bytes' buffer is transferred away meanwhile
   */
  async digest(bytes: Uint8Array, withMd5 = false): Promise<Digest> {
    // The length of a detached view is 0, but it does not stand for empty bytes.
    if (isDetached(bytes)) throw detachedBufferError();
    const { length } = bytes;
    const md5 = withMd5 ? this.#lanes.digest(bytes) : undefined;
    // It may reject before it is awaited below: that must not be an unhandled rejection.
    md5?.catch(() => {});
    let crc64 = 0n;
    for (let start = 0; start < length; start += CRC_TURN) {
      if (start > 0) await sleep(this.#clock, 0);
      if (!isIntact(bytes, length)) throw detachedBufferError();
      crc64 = this.crc64(bytes.subarray(start, start + CRC_TURN), crc64);
    }
    return { crc64, md5: await md5 };
  }

  /** CRC64-ECMA of `bytes`, which follow those whose CRC64 is `crc`. */
  crc64(bytes: Uint8Array, crc = 0n): bigint {
    return crc64(this.#wasm, bytes, crc);
  }

  /** MD5 of bytes that come in several calls. */
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
