import type { RandomAccessFile } from "../../src/files/random-access.ts";

/** A file in memory. A write takes until the test lets it end, if `held` is true; it is done at once if `atOnce` is. */
export class MemoryFile implements RandomAccessFile {
  bytes = new Uint8Array(0);
  /** Writes that wait, in their order. */
  readonly waiting: (() => void)[] = [];
  held = false;
  atOnce = false;
  failure: Error | undefined;
  readonly writes: { readonly position: number; readonly length: number }[] = [];

  write(bytes: Uint8Array, position: number): Promise<void> | undefined {
    this.writes.push({ position, length: bytes.length });
    if (!this.atOnce) return this.#writeLater(bytes, position);
    this.#put(bytes, position);
    return undefined;
  }

  async #writeLater(bytes: Uint8Array, position: number): Promise<void> {
    if (this.held) await new Promise<void>((resolve) => this.waiting.push(resolve));
    this.#put(bytes, position);
  }

  #put(bytes: Uint8Array, position: number): void {
    if (this.failure !== undefined) throw this.failure;
    const size = Math.max(this.bytes.length, position + bytes.length);
    const grown = new Uint8Array(size);
    grown.set(this.bytes);
    grown.set(bytes, position);
    this.bytes = grown;
  }

  async read(into: Uint8Array, position: number): Promise<number> {
    const piece = this.bytes.subarray(position, position + into.length);
    into.set(piece);
    return piece.length;
  }

  async truncate(length: number): Promise<void> {
    const cut = new Uint8Array(length);
    cut.set(this.bytes.subarray(0, length));
    this.bytes = cut;
  }

  async size(): Promise<number> {
    return this.bytes.length;
  }

  async sync(): Promise<void> {}
  async close(): Promise<void> {}
}
