import { ServiceError } from "../errors.ts";
import type { CosResponse } from "../http/request-spec.ts";
import { serviceError } from "../http/service-error.ts";
import type { XmlElement } from "../xml/document.ts";
import { unexpectedResponse } from "./validate-response.ts";

/** Errors in a 200 that are worth another attempt. */
const RETRYABLE_LATE = new Set(["InternalError", "SlowDown", "ServiceUnavailable"]);

/**
 * Reads the XML document of a 2xx response. COS sends status 200 before it assembles or copies, so a failure after that
 * is a 200 with an `<Error>` document; anything but the named root is not a success.
 * @throws {ServiceError} the document is an error, or is not the expected one
 */
export function readDocument(operation: string, response: CosResponse, root: string): XmlElement {
  const document = response.document();
  if (document?.root === root) return document.element;
  if (document?.root === "Error") throw lateError(operation, response);
  throw unexpectedResponse(operation, response, `no ${root} document`);
}

/** For a request's `validateResponse`, when any document but an error is a success. */
export function refuseLateError(operation: string): (response: CosResponse) => void {
  return (response) => {
    if (response.text.includes("<Error>") && response.document()?.root === "Error")
      throw lateError(operation, response);
  };
}

function lateError(operation: string, response: CosResponse): ServiceError {
  const error = serviceError(operation, response.status, response.headers, response.document());
  const late = RETRYABLE_LATE.has(error.cosCode);
  const code = late ? "service-unavailable" : error.code;
  return new ServiceError(error.message, { ...error, code, retryable: late });
}
