import type { CosResponse, RequestSpec } from "../http/request-spec.ts";
import { type RetryContext, sendWithRetry } from "../http/retry.ts";
import type { XmlElement } from "../xml/document.ts";
import { readDocument } from "./late-error.ts";

/**
 * Sends a request whose response is an XML document. A 2xx response with another document is a failure, and retried where
 * that is allowed.
 * @param root the name of the document's root element
 * @param validate throws a ServiceError when the document lacks something
 */
export async function sendForDocument(
  context: RetryContext,
  root: string,
  spec: Omit<RequestSpec, "validateResponse">,
  validate?: (document: XmlElement, response: CosResponse) => void,
): Promise<{ readonly response: CosResponse; readonly document: XmlElement }> {
  let document: XmlElement = {};
  const response = await sendWithRetry(context, {
    ...spec,
    validateResponse: (candidate) => {
      document = readDocument(spec.operation, candidate, root);
      validate?.(document, candidate);
    },
  });
  return { response, document };
}

/** {@link sendForDocument} of a GET request. */
export function getDocument(
  context: RetryContext,
  root: string,
  request: Pick<RequestSpec, "operation" | "Bucket" | "Key" | "query" | "signal">,
): ReturnType<typeof sendForDocument> {
  return sendForDocument(context, root, { ...request, method: "GET", headers: {}, idempotent: true });
}
