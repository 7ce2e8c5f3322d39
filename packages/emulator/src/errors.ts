import { document, element } from "./xml/render.ts";

/** The error codes of this emulator with their HTTP status. */
export const STATUS_OF = {
  AuthorizationHeaderMalformed: 400,
  AuthorizationQueryParametersError: 400,
  BadDigest: 400,
  BadRequest: 400,
  EntityTooLarge: 400,
  EntityTooSmall: 400,
  ExpiredToken: 400,
  IncompleteBody: 400,
  InvalidArgument: 400,
  InvalidBucketName: 400,
  InvalidCopySource: 400,
  InvalidDigest: 400,
  InvalidObjectName: 400,
  InvalidPart: 400,
  InvalidPartOrder: 400,
  InvalidRequest: 400,
  InvalidTag: 400,
  InvalidURI: 400,
  KeyTooLong: 400,
  ListPartUploadIdIsEmpty: 400,
  MalformedTrailerError: 400,
  MalformedPOSTRequest: 400,
  MalformedXML: 400,
  NoSuchFaultRun: 400,
  XAmzContentSHA256Mismatch: 400,
  RequestTimeout: 400,
  XMLSizeLimit: 400,
  AccessDenied: 403,
  AccessForbidden: 403,
  InvalidAccessKeyId: 403,
  InvalidObjectState: 403,
  PathStyleDomainForbidden: 403,
  RequestTimeTooSkewed: 403,
  SignatureDoesNotMatch: 403,
  NoSuchBucket: 404,
  NoSuchCORSConfiguration: 404,
  NoSuchCopySource: 404,
  NoSuchKey: 404,
  NoSuchLifecycleConfiguration: 404,
  NoSuchTagSet: 404,
  NoSuchUpload: 404,
  NoSuchVersion: 404,
  MethodNotAllowed: 405,
  AppendPositionErr: 409,
  BucketAlreadyOwnedByYou: 409,
  BucketNotEmpty: 409,
  FileAlreadyExists: 409,
  ObjectNotAppendable: 409,
  RestoreAlreadyInProgress: 409,
  MissingContentLength: 411,
  PreconditionFailed: 412,
  InvalidRange: 416,
  InternalError: 500,
  NotImplemented: 501,
} as const;

export type CosErrorCode = keyof typeof STATUS_OF;

/** An error that becomes a response with an `Error` document. */
export class CosErrorResponse extends Error {
  override readonly name = "CosErrorResponse";
  readonly code: CosErrorCode;
  /** Elements that some codes add after the common ones, for example `StringToSign` or `ServerTime`. */
  readonly details: Readonly<Record<string, string>>;
  /** Headers that the response has besides those of every error. */
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    code: CosErrorCode,
    message: string,
    details: Readonly<Record<string, string>> = {},
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(message);
    this.code = code;
    this.details = details;
    this.headers = headers;
  }

  get status(): number {
    return STATUS_OF[this.code];
  }
}

/** What an error document says about its request. */
export interface ErrorOrigin {
  readonly resource: string;
  readonly requestId: string;
  readonly traceId: string;
}

export function errorDocument(error: CosErrorResponse, origin: ErrorOrigin): string {
  return document(
    element("Error", [
      element("Code", error.code),
      element("Message", error.message),
      element("Resource", origin.resource),
      element("RequestId", origin.requestId),
      element("TraceId", origin.traceId),
      ...Object.entries(error.details).map(([name, text]) => element(name, text)),
    ]),
  );
}

export function incompleteBody(): CosErrorResponse {
  return new CosErrorResponse(
    "IncompleteBody",
    "You did not provide the number of bytes specified by the Content-Length HTTP header.",
  );
}
