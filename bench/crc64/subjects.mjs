// The implementations that are measured, behind the same two functions. The code runs in every runtime.

/**
 * @typedef {object} Subject
 * @property {(bytes: Uint8Array) => void} place puts the input where the implementation needs it; not measured
 * @property {() => bigint | string} run digests the input once
 */

const WASM_PAGE = 65_536;

/**
 * The core of cosup, or slicing by 16. Both digest bytes in their own memory, where an upload has its part buffers.
 * @param {WebAssembly.Module} module
 * @returns {Promise<Subject>}
 */
export async function inPlaceSubject(module) {
  const instance = await WebAssembly.instantiate(module, {});
  const { memory, arenaStart, crc64 } = /** @type {any} */ (instance.exports);
  let length = 0;
  return {
    place: (bytes) => {
      const missing = arenaStart() + bytes.length - memory.buffer.byteLength;
      if (missing > 0) memory.grow(Math.ceil(missing / WASM_PAGE));
      new Uint8Array(memory.buffer).set(bytes, arenaStart());
      length = bytes.length;
    },
    run: () => BigInt.asUintN(64, crc64(0n, arenaStart(), length)),
  };
}

/**
 * The core of cosup for bytes outside its memory: they are copied into its window, 256 KiB at a time. This is the
 * like-for-like comparison with hash-wasm, which always copies.
 * @param {WebAssembly.Module} module
 * @returns {Promise<Subject>}
 */
export async function windowSubject(module) {
  const instance = await WebAssembly.instantiate(module, {});
  const { memory, windowStart, windowLength, crc64 } = /** @type {any} */ (instance.exports);
  const window = new Uint8Array(memory.buffer, windowStart(), windowLength());
  let input = new Uint8Array(0);
  return {
    place: (bytes) => {
      input = bytes;
    },
    run: () => {
      let crc = 0n;
      for (let start = 0; start < input.length; start += window.length) {
        const piece = input.subarray(start, start + window.length);
        window.set(piece);
        crc = crc64(crc, window.byteOffset, piece.length);
      }
      return BigInt.asUintN(64, crc);
    },
  };
}

/** @param {() => Promise<import("hash-wasm").IHasher>} createCRC64 @returns {Promise<Subject>} */
export async function hashWasmSubject(createCRC64) {
  const hasher = await createCRC64();
  let input = new Uint8Array(0);
  return {
    place: (bytes) => {
      input = bytes;
    },
    run: () => BigInt(`0x${hasher.init().update(input).digest()}`),
  };
}

/**
 * The WASM of hash-wasm with an equivalent binding. workerd does not allow compiling at run time, so hash-wasm itself
 * cannot run there.
 * @param {WebAssembly.Module} module
 * @returns {Promise<Subject>}
 */
export async function hashWasmModuleSubject(module) {
  const HEAP = 16 * 1024;
  const instance = await WebAssembly.instantiate(module, {});
  const { memory, Hash_GetBuffer, Hash_Init, Hash_Update, Hash_Final } = /** @type {any} */ (
    instance.exports
  );
  const heap = new Uint8Array(memory.buffer, Hash_GetBuffer(), HEAP);
  const polynomial = new Uint8Array(new BigUint64Array([0xc96c5795d7870f42n]).buffer);
  let input = new Uint8Array(0);
  return {
    place: (bytes) => {
      input = bytes;
    },
    run: () => {
      heap.set(polynomial);
      Hash_Init(null);
      for (let start = 0; start < input.length; start += HEAP) {
        const chunk = input.subarray(start, start + HEAP);
        heap.set(chunk);
        Hash_Update(chunk.length);
      }
      Hash_Final(null);
      const hex = [...heap.subarray(0, 8)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
      return BigInt(`0x${hex}`);
    },
  };
}

/** @param {{ crc64(bytes: Buffer): Buffer, toUInt64String(crc: Buffer): string }} addon @returns {Subject} */
export function addonSubject(addon) {
  let input = Buffer.alloc(0);
  return {
    place: (bytes) => {
      input = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    },
    run: () => addon.toUInt64String(addon.crc64(input)),
  };
}
