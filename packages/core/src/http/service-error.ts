import { type CosError, IntegrityError, ServiceError, type ServiceErrorCode } from "../errors.ts";
import type { WireResponse } from "../runtime/wire.ts";
import { numberOf, textOf, type XmlDocument, type XmlElement } from "../xml/document.ts";
import { regionHint } from "./region-hint.ts";

/** What a refusal means for the caller. */
interface Classification {
  readonly code: ServiceErrorCode;
  readonly retryable: boolean;
}

/** By COS's code, which is read before the status: older documents give some codes other statuses. COS document 436/7730. */
const BY_COS_CODE: Readonly<Record<string, Classification>> = {
  ExpiredToken: { code: "credentials-expired", retryable: false },
  InvalidAccessKeyId: { code: "access-denied", retryable: false },
  RequestTimeTooSkewed: { code: "clock-skewed", retryable: false },
  SlowDown: { code: "throttled", retryable: true },
  KmsFreqControl: { code: "throttled", retryable: true },
  RequestTimeout: { code: "timeout", retryable: true },
  UserNetworkTooSlow: { code: "timeout", retryable: true },
  IncompleteBody: { code: "connection-reset", retryable: true },
  // The checksum was right when the request was sent: the bytes changed on the way. `refusedBytes` makes it an IntegrityError.
  BadDigest: { code: "invalid-request", retryable: true },
  InternalError: { code: "service-unavailable", retryable: true },
  ServiceUnavailable: { code: "service-unavailable", retryable: true },
};

const BY_STATUS: Readonly<Record<number, Classification>> = {
  304: { code: "precondition-failed", retryable: false },
  403: { code: "access-denied", retryable: false },
  404: { code: "not-found", retryable: false },
  408: { code: "timeout", retryable: true },
  409: { code: "conflict", retryable: false },
  412: { code: "precondition-failed", retryable: false },
  429: { code: "throttled", retryable: true },
};

/** The hint of status 407, which only proxies send. */
const PROXY_CREDENTIALS = "a proxy asks for credentials: http://user:password@proxy.example:3128";

/** The `<Error>` element; empty when the document is another. */
function errorElement(document: XmlDocument | undefined): XmlElement {
  return document?.root === "Error" ? document.element : {};
}

/**
 * Makes the error of a response that is not a success.
 * @param document its body, when that is XML
 * @param region the client's
 */
export function serviceError(
  what: string,
  status: number,
  headers: WireResponse["headers"],
  document: XmlDocument | undefined,
  region = "",
): ServiceError {
  const element = errorElement(document);
  const requestId = headers.get("x-cos-request-id") ?? textOf(element, "RequestId");
  const cosCode = textOf(element, "Code") ?? (requestId === undefined ? "" : codeForBodylessStatus(status));
  const message = textOf(element, "Message") ?? "";
  const detail = [cosCode || `HTTP ${status}`, message].filter((text) => text !== "").join(": ");
  const foreign = requestId === undefined ? " (the response did not come from COS)" : "";
  return new ServiceError(`${what}: ${detail}${foreign}`, {
    ...classify(status, cosCode, message, requestId !== undefined),
    status,
    cosCode,
    requestId: requestId ?? undefined,
    resource: textOf(element, "Resource"),
    hint: status === 407 ? PROXY_CREDENTIALS : regionHint(headers, element, region),
  });
}

/** What COS's last refusal is for the caller: an IntegrityError when COS received other bytes than the MD5 was made of. */
export function refusedBytes(failure: CosError, md5: string | undefined): CosError {
  if (!(failure instanceof ServiceError) || failure.cosCode !== "BadDigest" || md5 === undefined)
    return failure;
  return new IntegrityError(
    failure.message,
    { expected: md5, actual: "the MD5 of other bytes" },
    { cause: failure },
  );
}

/** COS's time in milliseconds, from an error document or the Date header; NaN when neither has it. */
export function serverTime(headers: WireResponse["headers"], document: XmlDocument | undefined): number {
  const seconds = numberOf(errorElement(document), "ServerTime");
  return seconds === undefined ? Date.parse(headers.get("date") ?? "") : seconds * 1000;
}

function classify(status: number, cosCode: string, message: string, fromCos: boolean): Classification {
  if (cosCode === "AccessDenied" && message === "Request has expired")
    return { code: "clock-skewed", retryable: false };
  const known = Object.hasOwn(BY_COS_CODE, cosCode) ? BY_COS_CODE[cosCode] : BY_STATUS[status];
  if (status >= 500) return known ?? { code: "service-unavailable", retryable: status !== 501 };
  if (!fromCos) return { code: "unexpected-response", retryable: status === 408 || status === 429 };
  return known ?? { code: status >= 400 ? "invalid-request" : "unexpected-response", retryable: false };
}

/** The code of a HEAD response, which has no body. The official SDKs call a missing object NoSuchResource. */
function codeForBodylessStatus(status: number): string {
  return status === 404 ? "NoSuchResource" : "";
}
