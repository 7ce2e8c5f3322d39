import type { UploadResult } from "../transfers/upload-result.ts";
import type { UploadClient } from "../upload-client.ts";
import { openUploadStream, type UploadStreamParameters } from "./upload-stream.ts";

/** The callback of a Node stream. */
export type WriteDone = (error?: Error | null) => void;

/** The options of Node's `Writable` that make it an upload. */
export interface WriteHandlers {
  /** Takes a chunk. */
  readonly write: (chunk: unknown, encoding: string, done: WriteDone) => void;
  /** Publishes the object; done when it is verified. */
  readonly final: (done: WriteDone) => void;
  /** Aborts the upload unless it has ended; done when COS has no part of it. */
  readonly destroy: (error: Error | null, done: WriteDone) => void;
}

/**
 * For adapters whose runtime has Node's streams: what a `Writable` does to be an upload.
 * @param onFailure receives the failure of the upload, also while nothing is written
 */
export function writeHandlers(
  cos: UploadClient,
  parameters: UploadStreamParameters,
  onFailure: (error: Error) => void,
): { readonly handlers: WriteHandlers; readonly result: Promise<UploadResult> } {
  const { writable, result } = openUploadStream("createWriteStream", cos, parameters);
  const writer = writable.getWriter();
  result.catch((reason: unknown) => onFailure(errorOf(reason)));
  const handlers: WriteHandlers = {
    write: (chunk, _encoding, done) => settle(writer.write(chunk as Uint8Array), done),
    final: (done) => settle(writer.close(), done),
    destroy: (error, done) => settle(writer.abort(error ?? undefined), () => done(error)),
  };
  return { handlers, result };
}

function settle(promise: Promise<unknown>, done: WriteDone): void {
  promise.then(
    () => done(),
    (reason: unknown) => done(errorOf(reason)),
  );
}

/** The reason of a signal may be anything; a Node stream takes an Error. */
function errorOf(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error("the upload was aborted", { cause: reason });
}
