import { ServiceError } from "../errors.ts";
import type { CosResponse } from "../http/request-spec.ts";
import { textOf, type XmlElement } from "../xml/document.ts";

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
