import { ServiceError } from "../errors.ts";
import type { CosResponse } from "../http/request-spec.ts";
import { serviceError } from "../http/service-error.ts";
import { readXml, textOf, type XmlElement } from "../xml/read.ts";

const RETRYABLE_LATE = new Set(["InternalError", "SlowDown", "ServiceUnavailable"]);

/**
 * Reads the XML document of a 2xx response. COS sends status 200 before it assembles or copies, so a failure after that
 * is a 200 with an `<Error>` document; anything but the named root is not a success.
 * @throws {ServiceError} the document is an error, or is not the expected one
 */
export function readDocument(operation: string, response: CosResponse, root: string): XmlElement {
  const document = readXml(response.text);
  if (document?.root === root) return document.element;
  if (document?.root === "Error") {
    const error = serviceError(operation, response.status, response.headers, response.text);
    const late = RETRYABLE_LATE.has(error.cosCode);
    throw new ServiceError(error.message, {
      code: late ? "service-unavailable" : error.code,
      retryable: late,
      status: response.status,
      cosCode: error.cosCode,
      requestId: error.requestId,
      resource: error.resource,
    });
  }
  throw unexpectedResponse(operation, response, `no ${root} document`);
}

/** For a request's `validateResponse`: a 2xx without this header does not come from COS, so the request is retried. */
export function requireHeader(operation: string, name: string): (response: CosResponse) => void {
  return (response) => {
    if (!response.headers.get(name)) throw unexpectedResponse(operation, response, `no ${name} header`);
  };
}

/** For a request's `validateResponse`: COS responds with 204 when it has deleted; a proxy might respond with 200. */
export function requireNoContent(operation: string): (response: CosResponse) => void {
  return (response) => {
    if (response.status !== 204)
      throw unexpectedResponse(operation, response, `status ${response.status}, not 204`);
  };
}

/**
 * The ETag of a response that must have one, with its quotes.
 * @throws {ServiceError} `unexpected-response`: there is none
 */
export function requireEtag(operation: string, response: CosResponse): string {
  const etag = response.headers.get("etag");
  if (etag === null) throw unexpectedResponse(operation, response, "no ETag");
  return etag;
}

/** For a document that must have an `<ETag>`. */
export function requireEtagElement(operation: string): (document: XmlElement, response: CosResponse) => void {
  return (document, response) => {
    if (!textOf(document, "ETag")) throw unexpectedResponse(operation, response, "no ETag");
  };
}

/** The error of a 2xx response that lacks what COS always sends: a proxy produced it. */
export function unexpectedResponse(operation: string, response: CosResponse, lack: string): ServiceError {
  return new ServiceError(`${operation}: the response has ${lack}`, {
    code: "unexpected-response",
    retryable: true,
    status: response.status,
    cosCode: "",
    requestId: response.headers.get("x-cos-request-id") ?? undefined,
  });
}
