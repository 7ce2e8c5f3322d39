import type { CosErrorCode } from "../errors.ts";

/**
 * One attempt of a request, for hooks and diagnostics channels. It has no header, no query and no URL, and so no signature,
 * token or key. What is not known yet is undefined.
 */
export interface RequestEvent {
  /** The method of the client, or of the request inside it: `uploadPart` while `uploadFile` runs. */
  readonly operation: string;
  /** The HTTP method. */
  readonly method: string;
  /** The bucket, as BucketName-APPID. */
  readonly Bucket: string;
  /** The object's key; empty when the request is for the bucket. */
  readonly Key: string;
  /** The number of the attempt, from 1. */
  readonly attempt: number;
  /** When the attempt began, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** The HTTP status; undefined while there is no response. */
  readonly status: number | undefined;
  /** Milliseconds from the attempt's start to its end: the whole response, but of a streamed body only its head. */
  readonly durationMs: number | undefined;
  /** `x-cos-request-id`, which Tencent's support asks for. */
  readonly requestId: string | undefined;
  /** Why the attempt failed: the `code` of a CosError, or `aborted` by the caller; undefined: it has not. */
  readonly errorCode: CosErrorCode | "aborted" | undefined;
}

/** A failed attempt that will be followed by another. */
export interface RetryEvent extends RequestEvent {
  /** Milliseconds until the next attempt. */
  readonly delayMs: number;
}

/** Functions that see the requests of a client. What they throw, or reject with, is ignored, but for one warning. */
export interface RequestHooks {
  /** Receives each attempt of each request when it has ended, whether it succeeded or failed. */
  readonly onRequest?: ((event: RequestEvent) => void) | undefined;
  /** Receives each failed attempt that is followed by another, before the pause between them. */
  readonly onRetry?: ((event: RetryEvent) => void) | undefined;
}
