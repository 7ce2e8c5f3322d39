import { CALLS } from "./document/calls.ts";

/** Every method that a client has. */
export const METHODS = [
  ...CALLS.map(({ method }) => method),
  "getObject",
  "deleteObject",
  "getObjectTagging",
  "putObjectTagging",
  "copyObject",
  "eachPart",
  "eachMultipartUpload",
  "getPresignedUrl",
  "request",
  "setBandwidthLimit",
  "sign",
  "close",
];

export const ERROR_CLASSES = [
  "CosError",
  "ServiceError",
  "TransportError",
  "IntegrityError",
  "SourceError",
  "CheckpointError",
  "ArgumentTypeError",
  "ArgumentRangeError",
];
