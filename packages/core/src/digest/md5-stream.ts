import type { WasmExports } from "./wasm-instance.ts";

/** MD5 of bytes that come in several calls. Between calls its state is outside WASM, so there can be any number of them. */
export class Md5Stream {
  readonly #wasm: WasmExports;
  /** The last state of the scratch area: the lanes use the first ones. */
  readonly #slot: number;
  #state: Uint8Array<ArrayBuffer>;

  constructor(wasm: WasmExports) {
    this.#wasm = wasm;
    this.#slot = wasm.scratchStart() + wasm.scratchLength() - 2 * wasm.md5StateSize();
    wasm.md5Init(this.#slot);
    this.#state = this.#view(this.#slot, wasm.md5StateSize()).slice();
  }

  update(bytes: Uint8Array): void {
    this.#load();
    if (bytes.buffer === this.#wasm.memory.buffer) {
      this.#wasm.md5Update(this.#slot, bytes.byteOffset, bytes.length);
    } else {
      const window = this.#view(this.#wasm.windowStart(), this.#wasm.windowLength());
      for (let start = 0; start < bytes.length; start += window.length) {
        const block = bytes.subarray(start, start + window.length);
        window.set(block);
        this.#wasm.md5Update(this.#slot, window.byteOffset, block.length);
      }
    }
    this.#state.set(this.#view(this.#slot, this.#state.length));
  }

  /** The 16 bytes of the digest; the stream is used up. */
  digest(): Uint8Array<ArrayBuffer> {
    this.#load();
    const out = this.#slot + this.#wasm.md5StateSize();
    this.#wasm.md5Final(this.#slot, out);
    return this.#view(out, 16).slice();
  }

  #load(): void {
    this.#view(this.#slot, this.#state.length).set(this.#state);
  }

  #view(pointer: number, length: number): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#wasm.memory.buffer as ArrayBuffer, pointer, length);
  }
}
