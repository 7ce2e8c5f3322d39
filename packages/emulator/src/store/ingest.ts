import { createHash } from "node:crypto";
import { CosErrorResponse } from "../errors.ts";
import { borrowCrc64, finishCrc64 } from "./crc64.ts";
import type { DataFiles } from "./data-files.ts";
import type { ByteWriter } from "./medium.ts";
import type { Extent } from "./records.ts";

/** Bytes per write. Smaller writes would cost a system call per chunk. */
const WRITE_BYTES = 512 * 1024;

/** Stored bytes and their digests. The caller owns a reference to the file and must release it. */
export interface Ingested {
  readonly extent: Extent;
  readonly md5: Buffer;
  readonly crc64: string;
}

/**
 * Streams a body into a new data file, and digests each chunk while earlier ones are being written. Holds at most two
 * batches in memory. After an error the file is deleted.
 */
export async function ingest(
  files: DataFiles,
  body: AsyncIterable<Uint8Array> | undefined,
  maxBytes: number,
): Promise<Ingested> {
  const { file, writer } = await files.create();
  const crc64 = await borrowCrc64();
  const md5 = createHash("md5");
  try {
    const size = await drain(body, new BatchWriter(writer), maxBytes, (chunk) => {
      md5.update(chunk);
      crc64.update(chunk);
    });
    await writer.finish();
    return { extent: { file, size }, md5: md5.digest(), crc64: finishCrc64(crc64) };
  } catch (error) {
    finishCrc64(crc64);
    await writer.abandon();
    await files.release([{ file }]);
    throw error;
  }
}

async function drain(
  body: AsyncIterable<Uint8Array> | undefined,
  writer: BatchWriter,
  maxBytes: number,
  digest: (chunk: Uint8Array) => void,
): Promise<number> {
  let size = 0;
  for await (const chunk of body ?? []) {
    size += chunk.length;
    if (size > maxBytes) {
      throw new CosErrorResponse(
        "EntityTooLarge",
        "Your proposed upload exceeds the maximum allowed object size.",
      );
    }
    const previousWrite = writer.add(chunk);
    digest(chunk);
    if (previousWrite) await previousWrite;
  }
  await writer.finish();
  return size;
}

/** Gathers chunks and writes them a batch at a time, one write in flight. */
class BatchWriter {
  readonly #writer: ByteWriter;
  #batch: Uint8Array[] = [];
  #batchBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(writer: ByteWriter) {
    this.#writer = writer;
  }

  /** Takes a chunk. If it returns a promise, the caller must wait for it before the next chunk. */
  add(chunk: Uint8Array): Promise<void> | undefined {
    this.#batch.push(chunk);
    this.#batchBytes += chunk.length;
    if (this.#batchBytes < WRITE_BYTES) return undefined;
    const previous = this.#writing;
    this.#flush();
    return previous;
  }

  async finish(): Promise<void> {
    if (this.#batchBytes > 0) this.#flush();
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  #flush(): void {
    const batch = this.#batch;
    this.#batch = [];
    this.#batchBytes = 0;
    this.#writing = this.#writing
      .then(() => this.#writer.write(batch))
      .catch((error: unknown) => {
        this.#failure ??= error;
      });
  }
}
