import { createHash } from "node:crypto";
import { CosErrorResponse } from "../errors.ts";
import { borrowCrc64, finishCrc64 } from "./crc64.ts";
import { type DataFiles, NO_FILE } from "./data-files.ts";
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
 * batches in memory. After an error the file is deleted. An empty body has no file.
 */
export async function ingest(
  files: DataFiles,
  body: AsyncIterable<Uint8Array> | undefined,
  maxBytes: number,
): Promise<Ingested> {
  const writer = new BatchWriter(files);
  const crc64 = await borrowCrc64();
  const md5 = createHash("md5");
  try {
    const size = await drain(body, writer, maxBytes, (chunk) => {
      md5.update(chunk);
      crc64.update(chunk);
    });
    const file = await writer.finish();
    return { extent: { file, size }, md5: md5.digest(), crc64: finishCrc64(crc64) };
  } catch (error) {
    finishCrc64(crc64);
    await writer.abandon();
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
  return size;
}

/** Gathers chunks and writes them a batch at a time, one write in flight. The file begins with the first of them. */
class BatchWriter {
  readonly #files: DataFiles;
  #target: Awaited<ReturnType<DataFiles["create"]>> | undefined;
  #batch: Uint8Array[] = [];
  #batchBytes = 0;
  #writing: Promise<void> = Promise.resolve();
  #failure: unknown;

  constructor(files: DataFiles) {
    this.#files = files;
  }

  /** Takes a chunk. If it returns a promise, the caller must wait for it before the next chunk. */
  add(chunk: Uint8Array): Promise<void> | undefined {
    if (this.#batchBytes === 0 && this.#target === undefined && chunk.length > 0) this.#begin();
    this.#batch.push(chunk);
    this.#batchBytes += chunk.length;
    if (this.#batchBytes < WRITE_BYTES) return undefined;
    const previous = this.#writing;
    this.#flush();
    return previous;
  }

  /** Returns the name of the file. */
  async finish(): Promise<string> {
    if (this.#batchBytes > 0) this.#flush();
    await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
    await this.#target?.writer.finish();
    return this.#target?.file ?? NO_FILE;
  }

  async abandon(): Promise<void> {
    await this.#writing;
    if (this.#target === undefined) return;
    const { file, writer } = this.#target;
    await writer.abandon();
    await this.#files.release([{ file, size: Number.POSITIVE_INFINITY }]);
  }

  #begin(): void {
    this.#then(async () => {
      this.#target ??= await this.#files.create();
    });
  }

  #flush(): void {
    const batch = this.#batch;
    this.#batch = [];
    this.#batchBytes = 0;
    this.#then(async () => this.#target?.writer.write(batch));
  }

  /** Does something after all that was begun, unless some of it has failed. */
  #then(step: () => Promise<void>): void {
    this.#writing = this.#writing
      .then(() => (this.#failure === undefined ? step() : undefined))
      .catch((error: unknown) => {
        this.#failure ??= error;
      });
  }
}
