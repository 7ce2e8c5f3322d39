import { onAbort } from "../abort/abort-listeners.ts";
import { checkParameters, type Method } from "../params/table.ts";
import { UPLOAD_FILE, type UploadFileParameters } from "../transfers/parameters.ts";
import type { UploadResult } from "../transfers/upload-result.ts";
import type { UploadClient } from "../upload-client.ts";
import { ChunkHandoff } from "./chunk-handoff.ts";

const { LocalFilePath, refuseSymlinks, Body, ...OTHERS } = UPLOAD_FILE.parameters;

/** The parameter table of createUploadStream. */
export const CREATE_UPLOAD_STREAM = {
  name: "createUploadStream",
  parameters: OTHERS,
} as const satisfies Method;

/** Those of `uploadFile`, without its source: the bytes are written. */
export type UploadStreamParameters = Omit<UploadFileParameters, "LocalFilePath" | "refuseSymlinks" | "Body">;

/** The result of {@link createUploadStream}. */
export interface UploadStream {
  /**
   * Takes the bytes: `Uint8Array`s, other views, `ArrayBuffer`s, and strings as their UTF-8. A write is done when its bytes
   * are no longer needed. To close it publishes the object, and is done when COS's CRC64 of it equals that of what was
   * written. To abort it aborts the upload. When the upload fails, the stream fails with the same error.
   */
  readonly writable: WritableStream<Uint8Array | ArrayBuffer | ArrayBufferView | string>;
  /** What `uploadFile` returns. A rejection that nobody handles is not reported: the stream has the same error. */
  readonly result: Promise<UploadResult>;
}

/**
 * Begins an upload of what is written to a stream, as `uploadFile` does it: one PUT for a little, parts for more. Nothing is
 * published unless the stream is closed. To abort it in the instant in which COS begins an upload in parts may leave an empty
 * one behind, which `onWarning` reports (`orphan-upload`). Where a stream can be read instead, give it to `uploadFile` as `Body`.
 * @throws {TypeError} {@link RangeError} a wrong parameter, at once
 *
 * @example
 * ```ts
 * import { createCos } from "@cosup/node";
 * import { createUploadStream } from "@cosup/node/streams";
 *
 * const cos = createCos({ Region: "ap-guangzhou", SecretId: "…", SecretKey: "…" });
 * const parameters = { Bucket: "examplebucket-1250000000", Key: "big.gz" };
 * const { writable, result } = createUploadStream(cos, parameters);
 * await new Blob(["…"]).stream().pipeThrough(new CompressionStream("gzip")).pipeTo(writable);
 * const { ETag, crc64 } = await result;
 * ```
 */
export function createUploadStream(cos: UploadClient, parameters: UploadStreamParameters): UploadStream {
  return openUploadStream(CREATE_UPLOAD_STREAM.name, cos, parameters);
}

/** @param name the method, for errors */
export function openUploadStream(
  name: string,
  cos: UploadClient,
  parameters: UploadStreamParameters,
): UploadStream {
  checkParameters({ ...CREATE_UPLOAD_STREAM, name }, parameters);
  const { signal } = parameters;
  const chunks = new ChunkHandoff();
  const stop = new AbortController();
  if (signal?.aborted) stop.abort(signal.reason);
  const leave = onAbort(signal, (reason) => stop.abort(reason));
  // What is written is checked when the upload reads it.
  const Body = chunks as AsyncIterable<unknown> as UploadFileParameters["Body"];
  const result = cos.uploadFile({ ...parameters, Body, signal: stop.signal }).finally(leave);
  result.then(
    () => chunks.settle(),
    (reason: unknown) => chunks.settle({ reason }),
  );
  const writable: UploadStream["writable"] = new WritableStream({
    start: (controller) => {
      result.catch((reason: unknown) => controller.error(reason));
      // Before the stream calls its `abort`, it would wait for a write that is under way.
      onAbort(controller.signal, (reason) => stop.abort(reason));
    },
    write: (chunk) => chunks.write(chunk),
    close: async () => {
      chunks.end();
      await result;
    },
    abort: async (reason) => {
      stop.abort(reason);
      await result.catch(() => {});
    },
  });
  return { writable, result };
}
