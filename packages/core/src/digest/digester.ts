import { ArgumentRangeError, ArgumentTypeError } from "../argument-errors.ts";
import { toHex } from "../text/hex.ts";
import { crc64 } from "./crc64.ts";
import { isDetached } from "./detached-buffer.ts";
import { Md5Stream } from "./md5-stream.ts";
import { newWasm, sharedWasm } from "./shared-wasm.ts";
import { reserveArena, type WasmExports } from "./wasm-instance.ts";

/** The checksums that COS keeps of an object. */
export interface ObjectDigest {
  /** Number of bytes. */
  readonly size: number;
  /** CRC64-ECMA as unsigned decimal, as in `x-cos-hash-crc64ecma`. */
  readonly crc64: string;
  /** MD5 as lower-case hex, which is the ETag of an object of one PUT; undefined without `md5: true`. */
  readonly md5: string | undefined;
}

/** What {@link Digester} computes. */
export interface DigesterOptions {
  /** Also compute the MD5, which takes several times as long as the CRC64. Default: false. */
  readonly md5?: boolean | undefined;
  /**
   * Bytes of {@link Digester.buffer}, 0 to 1 GiB. Default: 0. A digester with a buffer has a WASM instance of its own, whose
   * memory is freed with it.
   */
  readonly bufferBytes?: number | undefined;
}

/** The largest buffer, as large as the largest read or write that cosup asks a runtime for. */
const MOST_BUFFER_BYTES = 1024 ** 3;

/** An instance with a buffer. Its memory never grows again: that would empty every view of it. */
function wasmWith(bufferBytes: number): WasmExports {
  try {
    const wasm = newWasm();
    reserveArena(wasm, bufferBytes);
    return wasm;
  } catch (cause) {
    throw new ArgumentRangeError("bufferBytes", `there is no memory for ${bufferBytes} bytes now`, cause);
  }
}

/**
 * Computes the CRC64, and on request the MD5, of bytes that come in several calls. Any number of digesters may be in use.
 *
 * @example
 * ```ts
 * import { Digester } from "@cosup/node/digest";
 *
 * const digester = new Digester();
 * digester.update(new TextEncoder().encode("hello")).update(new Uint8Array([10]));
 * console.log(digester.result().crc64);
 * ```
 */
export class Digester {
  /**
   * Memory that {@link Digester.update} reads without copying it: read a file into one half of it while the other half is
   * digested. It has `bufferBytes` bytes, by default none.
   */
  readonly buffer: Uint8Array<ArrayBuffer>;
  readonly #wasm: WasmExports;
  readonly #md5: Md5Stream | undefined;
  #crc64 = 0n;
  #size = 0;

  /**
   * @throws {TypeError} an unknown option, or a value of the wrong type
   * @throws {RangeError} `bufferBytes` is out of range, or there is no such memory now
   */
  constructor(options: DigesterOptions = {}) {
    const { md5 = false, bufferBytes = 0 } = checkOptions(options, ["md5", "bufferBytes"]);
    this.#wasm = bufferBytes > 0 ? wasmWith(bufferBytes) : sharedWasm();
    this.buffer =
      bufferBytes > 0
        ? new Uint8Array(this.#wasm.memory.buffer, this.#wasm.arenaStart(), bufferBytes)
        : new Uint8Array(0);
    this.#md5 = md5 ? new Md5Stream(this.#wasm) : undefined;
  }

  /**
   * Adds bytes. They may be changed after it returns.
   * @throws {TypeError} `bytes` is no Uint8Array, or its buffer has been transferred
   */
  update(bytes: Uint8Array): this {
    if (!(bytes instanceof Uint8Array)) throw new ArgumentTypeError("bytes", "must be a Uint8Array");
    if (isDetached(bytes)) throw new ArgumentTypeError("bytes", "must not have a transferred buffer");
    this.#crc64 = crc64(this.#wasm, bytes, this.#crc64);
    this.#md5?.update(bytes);
    this.#size += bytes.length;
    return this;
  }

  /** The checksums of all bytes so far. More may be added afterwards. */
  result(): ObjectDigest {
    const md5 = this.#md5 && toHex(this.#md5.digest());
    return { size: this.#size, crc64: String(this.#crc64), md5 };
  }
}

/**
 * Refuses options that do not exist, so that a typing error does not go unnoticed.
 * @throws {TypeError} an unknown option, or a value of the wrong type
 * @throws {RangeError} `bufferBytes` is out of range
 */
export function checkOptions<T extends DigesterOptions>(options: T, known: readonly string[]): T {
  if (typeof options !== "object" || options === null)
    throw new ArgumentTypeError("options", "must be an object");
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new ArgumentTypeError(unknown, `is unknown; there are ${known.join(", ")}`);
  const { md5, bufferBytes = 0 } = options;
  if (md5 !== undefined && typeof md5 !== "boolean")
    throw new ArgumentTypeError("md5", "must be true or false");
  if (typeof bufferBytes !== "number") throw new ArgumentTypeError("bufferBytes", "must be a number");
  if (!Number.isInteger(bufferBytes) || bufferBytes < 0 || bufferBytes > MOST_BUFFER_BYTES)
    throw new ArgumentRangeError("bufferBytes", `must be a whole number, 0 to ${MOST_BUFFER_BYTES}`);
  return options;
}
