// What the tests run in a page or a web worker of Chromium.
import { type BrowserCosOptions, CosError, createCos } from "../src/upload.ts";

/** An upload that a test asks for. */
export interface UploadCall {
  /** Of the emulator, with `{Bucket}`. */
  readonly Endpoint: string;
  readonly Bucket: string;
  readonly Key: string;
  /** Let the server sign each request, instead of asking it for temporary keys. */
  readonly signed?: boolean;
}

/** How the upload ended, in values that leave the page. */
export type Outcome =
  | { readonly crc64: string; readonly partsSent: number; readonly partsResumed: number }
  | { readonly code: string; readonly message: string };

/** A file that fits into it is one PUT: by default up to 20 MB. Less is quicker. */
const MEMORY = 4 * 1024 ** 2;

/** What the server of the page returns. */
export async function ask<T>(path: string, body?: unknown): Promise<T> {
  const response = await fetch(path, { method: "POST", body: JSON.stringify(body ?? null) });
  if (!response.ok) throw new Error(`my server refused: ${response.status}`);
  return (await response.json()) as T;
}

/** Uploads a file in parts of 1 MiB, with checkpoints. */
export async function upload(
  { Endpoint, Bucket, Key, signed = false }: UploadCall,
  file: File,
  onProgress?: (consumed: number) => void,
): Promise<Outcome> {
  const keys: Partial<BrowserCosOptions> = signed
    ? { signRequest: (request) => ask("/sign", request) }
    : { credentials: () => ask("/keys") };
  const cos = createCos({ Region: "ap-guangzhou", Endpoint, memoryBudget: MEMORY, ...keys });
  try {
    const { crc64, partsSent, partsResumed } = await cos.uploadFile({
      Bucket,
      Key,
      Body: file,
      PartSize: 1,
      checkpoints: true,
      onProgress,
    });
    return { crc64, partsSent, partsResumed };
  } catch (error) {
    const code = error instanceof CosError ? error.code : "no CosError";
    return { code, message: String((error as Error).message) };
  }
}
