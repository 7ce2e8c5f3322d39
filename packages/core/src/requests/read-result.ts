import { ServiceError } from "../errors.ts";
import type { CosResponse } from "../http/request-spec.ts";
import { serviceError } from "../http/service-error.ts";
import { readXml, type XmlElement } from "../xml/read.ts";

const RETRYABLE_LATE = new Set(["InternalError", "SlowDown", "ServiceUnavailable"]);

/**
 * The result document of a response. COS sends 200 at once and assembles or copies after it, so a late failure is a
 * 200 with an `<Error>` document; anything but the named root is not a success.
 * @throws {ServiceError}
 */
export function readResult(operation: string, response: CosResponse, root: string): XmlElement {
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
  throw unexpected(operation, response, `no ${root} document`);
}

/** For a call's `validateResponse`: without this header a 2xx is not COS's word, and is asked for again. */
export function needsHeader(operation: string, name: string): (response: CosResponse) => void {
  return (response) => {
    if (!response.headers.get(name)) throw unexpected(operation, response, `no ${name} header`);
  };
}

/** For a call's `validateResponse`: COS responds with 204 when it has deleted; something on the way might say 200. */
export function needsNoContent(operation: string): (response: CosResponse) => void {
  return (response) => {
    if (response.status !== 204) throw unexpected(operation, response, `status ${response.status}, not 204`);
  };
}

/** A 2xx that lacks what it must have: something between us and COS made it. */
export function unexpected(operation: string, response: CosResponse, lack: string): ServiceError {
  return new ServiceError(`${operation}: the response has ${lack}`, {
    code: "unexpected-response",
    retryable: true,
    status: response.status,
    cosCode: "",
    requestId: response.headers.get("x-cos-request-id") ?? undefined,
  });
}
