/**
 * Everything that an adapter for a JavaScript runtime implements or needs. Programs do not need it, except to give
 * `CosClient` a runtime of their own.
 *
 * @module
 */
export { type Listener, onAbort } from "../abort/abort-listeners.ts";
export { raceAbort } from "../abort/race-abort.ts";
export { DigestCore } from "../digest/digest-core.ts";
export { bodyLoss } from "../digest/whole-body.ts";
export { MAX_PAGE_SIZE, MAX_PARTS } from "../params/limits.ts";
export { BLOCK_BYTES, PartInBlocks } from "../upload/part-in-blocks.ts";
export { holdNodeStream, openNodeStream } from "../upload/sources/open-node-stream.ts";
export { streamFailed } from "../upload/sources/stream-failed.ts";
export { iterableSource, type StreamOptions } from "../upload/sources/stream-source.ts";
export { sourceChanged } from "../upload/unchanged.ts";
export { BufferedResponse } from "./buffered-response.ts";
export type { BlockReader, ByteSource, PartInThread, PartsInThreads } from "./byte-source.ts";
export type { CheckpointLock, CheckpointStore } from "./checkpoint-store.ts";
export { type Clock, systemClock } from "./clock.ts";
export { commonTypeOf } from "./common-types.ts";
export { type Diagnostics, type DiagnosticsChannel, diagnosticsOf } from "./diagnostics.ts";
export { errorCode } from "./error-code.ts";
export { isBodyless, nothingToStop, onRequestAbort, splitUrl } from "./exchange.ts";
export { type PermanentFailure, permanentFailure } from "./permanent-failure.ts";
export type { ReadAhead } from "./read-ahead.ts";
export { MAX_RESPONSE_BYTES, responseTooLong } from "./response-limit.ts";
export { ConsumedResponse, streamIntoSink } from "./response-sink.ts";
export type {
  ConnectionWarning,
  RequestedUpload,
  RequestToSign,
  Runtime,
  UploadPlan,
  WasmModule,
} from "./runtime.ts";
export type { Sha1 } from "./sha1.ts";
export { innermostFailure, isCertificateCode, systemFailure } from "./system-failure.ts";
export type { BodyInBlocks, ResponseSink, WireRequest, WireResponse } from "./wire.ts";
