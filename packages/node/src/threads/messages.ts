import type { SentError } from "./sent-error.ts";

/** A range of a file that the main thread has opened, and keeps open until the outcome is there. */
export interface LentRange {
  /** The descriptor, which belongs to the whole process. */
  readonly descriptor: number;
  /** For messages. */
  readonly name: string;
  /** Bytes of the file. */
  readonly size: number;
  readonly start: number;
  readonly length: number;
}

/** The request of a part, without its body. */
export interface PartRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly freshConnection: boolean;
}

/** To send a range as the body of a request. */
export interface SendJob {
  readonly type: "send";
  readonly range: LentRange;
  readonly request: PartRequest;
  /** The proxy's URL; undefined: none. */
  readonly proxy: string | undefined;
  /** Eight bytes, in which the thread keeps how many bytes of the body its socket has not accepted yet. */
  readonly unsent: SharedArrayBuffer;
}

/** To read a range and compute its checksums. */
export interface DigestJob {
  readonly type: "digest";
  readonly range: LentRange;
  readonly withMd5: boolean;
}

/** What the main thread posts. Each job has a number; `abort` ends the one with its number. */
export type ToThread = (SendJob | DigestJob | { readonly type: "abort" }) & { readonly id: number };

/** What has become of a job. The thread does not read the range any more. */
export type Outcome = {
  /** CRC64 of the range up to the end of each block that was read. */
  readonly crc64s: readonly bigint[];
} & (
  | {
      readonly type: "sent";
      readonly status: number;
      readonly headers: Readonly<Record<string, string>>;
      readonly body: Uint8Array<ArrayBuffer>;
    }
  | { readonly type: "digested"; readonly md5: Uint8Array<ArrayBuffer> | undefined }
  | { readonly type: "failed"; readonly error: SentError }
);

/** What a thread posts: `begun` once, and about a job `queued` and `started` as `WireRequest` has them, then its outcome. */
export type FromThread =
  | { readonly type: "begun" }
  | (({ readonly type: "queued" } | { readonly type: "started" } | Outcome) & { readonly id: number });
