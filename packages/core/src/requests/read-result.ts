import { ServiceError } from "../errors.ts";
import type { Answer } from "../http/call.ts";
import { serviceError } from "../http/service-error.ts";
import { readXml, type XmlElement } from "../xml/read.ts";

const RETRYABLE_LATE = new Set(["InternalError", "SlowDown", "ServiceUnavailable"]);

/**
 * The result document of an answer. COS sends 200 at once and assembles or copies after it, so a late failure is a
 * 200 with an `<Error>` document; anything but the named root is not a success.
 * @throws {ServiceError}
 */
export function readResult(operation: string, answer: Answer, root: string): XmlElement {
  const document = readXml(answer.text);
  if (document?.root === root) return document.element;
  if (document?.root === "Error") {
    const error = serviceError(operation, answer.status, answer.headers, answer.text);
    const late = RETRYABLE_LATE.has(error.cosCode);
    throw new ServiceError(error.message, {
      code: late ? "service-unavailable" : error.code,
      retryable: late,
      status: answer.status,
      cosCode: error.cosCode,
      requestId: error.requestId,
      resource: error.resource,
    });
  }
  throw unexpected(operation, answer, `no ${root} document`);
}

/** For a call's `inspect`: without this header a 2xx is not COS's word, and is asked for again. */
export function needsHeader(operation: string, name: string): (answer: Answer) => void {
  return (answer) => {
    if (!answer.headers.get(name)) throw unexpected(operation, answer, `no ${name} header`);
  };
}

/** For a call's `inspect`: COS answers 204 when it has deleted; something on the way might say 200. */
export function needsNoContent(operation: string): (answer: Answer) => void {
  return (answer) => {
    if (answer.status !== 204) throw unexpected(operation, answer, `status ${answer.status}, not 204`);
  };
}

/** A 2xx that lacks what it must have: something between us and COS made it. */
export function unexpected(operation: string, answer: Answer, lack: string): ServiceError {
  return new ServiceError(`${operation}: the answer has ${lack}`, {
    code: "unexpected-response",
    retryable: true,
    status: answer.status,
    cosCode: "",
    requestId: answer.headers.get("x-cos-request-id") ?? undefined,
  });
}
