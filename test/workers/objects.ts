import { request as httpRequest } from "node:http";
import { createCos, type NodeCosClient } from "@cosup/node";
import { pseudoRandomBytes } from "../fixtures/pseudo-random.ts";
import { Bucket, type Cos, MiB, type Worker } from "./rig.ts";

/** A client in another runtime, to check what the Worker has done. */
export function observer(cos: Cos): NodeCosClient {
  return createCos({ SecretId: "id", SecretKey: "key", Endpoint: cos.endpoint });
}

/** Pseudo-random bytes, the same in every run. */
export function pattern(length: number, seed = 1): Uint8Array<ArrayBuffer> {
  return pseudoRandomBytes(length, seed >>> 0 || 1);
}

/** The stored object: its size, its CRC64, and the number of unfinished uploads. */
export async function stored(
  cos: Cos,
  Key: string,
): Promise<{ size: number; crc64: string | undefined } | undefined> {
  try {
    const { ContentLength, crc64 } = await observer(cos).headObject({ Bucket, Key });
    return { size: ContentLength, crc64 };
  } catch {
    return undefined;
  }
}

export async function unfinished(cos: Cos): Promise<number> {
  return (await unfinishedIds(cos)).length;
}

export async function unfinishedIds(cos: Cos): Promise<string[]> {
  const { Upload } = await observer(cos).listMultipartUploads({ Bucket });
  return Upload.map(({ UploadId }) => UploadId).sort();
}

/** The probe Worker's response. */
export interface Outcome {
  readonly result?: {
    readonly ETag: string;
    readonly crc64: string;
    readonly size: number;
    readonly partsSent: number;
    readonly [name: string]: unknown;
  };
  readonly error?: {
    readonly name: string;
    readonly message: string;
    readonly code?: string;
    readonly parameter?: string;
  };
  readonly subrequests: number;
}

export async function ask(worker: Worker, path: string, body?: RequestInit["body"]): Promise<Outcome> {
  const init = body === undefined ? { method: "POST" } : { method: "POST", body, duplex: "half" };
  const response = await worker.fetch(path, init as RequestInit);
  return (await response.json()) as Outcome;
}

export interface StreamOptions {
  /** Send it in chunks, without saying how long it is. */
  readonly chunked?: boolean;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  /**
   * Wait a moment for an early refusal before the body is sent: a client that is refused while it sends sees only a
   * reset.
   */
  readonly patient?: boolean;
  /** Break the connection after so many MiB. */
  readonly breakAfter?: number;
}

/** Sends `mib` blocks as one request, never holding more than a few of them. */
export function streamTo(
  url: URL,
  mib: number,
  block: Uint8Array,
  options: StreamOptions = {},
): Promise<{ status: number; body: unknown }> {
  const length = options.chunked === true ? {} : { "content-length": String(mib * MiB) };
  return new Promise((resolve, reject) => {
    const request = httpRequest(url, {
      method: options.method ?? "POST",
      headers: { ...length, ...options.headers },
    });
    request.on("error", reject);
    request.on("response", (response) => {
      const pieces: Buffer[] = [];
      response.on("data", (piece: Buffer) => pieces.push(piece));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, body: JSON.parse(Buffer.concat(pieces).toString()) });
      });
    });
    let sent = 0;
    let responded = false;
    request.on("response", () => {
      responded = true;
    });
    const send = (): void => {
      while (sent < mib && !responded) {
        if (sent === options.breakAfter) {
          request.destroy(new Error("the client went away"));
          return;
        }
        sent += 1;
        if (!request.write(block)) {
          request.once("drain", send);
          return;
        }
      }
      if (responded) request.destroy();
      else request.end();
    };
    request.flushHeaders();
    if (options.patient === true) setTimeout(send, 500);
    else send();
  });
}
