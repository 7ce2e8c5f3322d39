import { ArgumentTypeError } from "../argument-errors.ts";
import { toHex } from "../text/hex.ts";
import { wasmBytes } from "../wasm-bytes.generated.ts";
import { crc64 } from "./crc64.ts";
import { isDetached } from "./detached-buffer.ts";
import { Md5Stream } from "./md5-stream.ts";
import { instantiate, type WasmExports } from "./wasm-instance.ts";

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
}

let shared: WasmExports | undefined;

/** One instance for all digesters, compiled when the first one is made. Their states are kept outside of it. */
function sharedWasm(): WasmExports {
  shared ??= instantiate(new WebAssembly.Module(wasmBytes()));
  return shared;
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
  readonly #wasm = sharedWasm();
  readonly #md5: Md5Stream | undefined;
  #crc64 = 0n;
  #size = 0;

  /** @throws {TypeError} an unknown option, or a value of the wrong type */
  constructor(options: DigesterOptions = {}) {
    const { md5 = false } = checkOptions(options, ["md5"]);
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
 * @throws {TypeError} an unknown option, or `md5` is no boolean
 */
export function checkOptions<T extends DigesterOptions>(options: T, known: readonly string[]): T {
  if (typeof options !== "object" || options === null)
    throw new ArgumentTypeError("options", "must be an object");
  const unknown = Object.keys(options).find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new ArgumentTypeError(unknown, `is unknown; there are ${known.join(", ")}`);
  if (options.md5 !== undefined && typeof options.md5 !== "boolean")
    throw new ArgumentTypeError("md5", "must be true or false");
  return options;
}
