import type { ByteSource } from "../../src/runtime/byte-source.ts";
import { endedEarly } from "../../src/upload/source-length.ts";

/** Reads a whole source of at most `limit` bytes into memory of its own. */
export async function readWhole(source: ByteSource, limit: number): Promise<Uint8Array> {
  const size = source.size ?? limit;
  const bytes = await source.read(0, size, source.inMemory ? new Uint8Array(0) : new Uint8Array(size));
  if (source.size !== undefined && bytes.length !== size) throw endedEarly(bytes.length, size);
  return bytes;
}
