export { TransferError, type TransferErrorCode, type TransferErrorOptions } from "../errors.ts";
export { type CompleteTask, completeLarge, PartsMissingError } from "./complete-large.ts";
export { type Failure, failureOf } from "./failure.ts";
export { abortLarge, initiateLarge, type OpenUpload, openUploads } from "./large-upload.ts";
export { planLarge } from "./plan-large.ts";
export { probeSource } from "./probe-source.ts";
export { transferRange } from "./transfer-range.ts";
export { type SmallOptions, transferSmall } from "./transfer-small.ts";
export type * from "./types.ts";
