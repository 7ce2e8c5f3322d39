import { MAX_RESPONSE_BYTES, responseTooLong } from "../runtime/response-limit.ts";
import type { WireResponse } from "../runtime/wire.ts";

/**
 * Reads the body of a response as text, at most {@link MAX_RESPONSE_BYTES}: beyond, the connection is closed.
 * @throws {CosError} the body is longer
 */
export async function responseText(response: WireResponse): Promise<string> {
  if (response.buffered === true) return response.text();
  const { body } = response;
  if (body === null) return "";
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  for (let length = 0; ; ) {
    const { done, value } = await reader.read();
    if (done) return text + decoder.decode();
    length += value.length;
    if (length > MAX_RESPONSE_BYTES) {
      const failure = responseTooLong();
      // A cancel that fails, or waits, must not hide the reason.
      void reader.cancel(failure).catch(() => {});
      throw failure;
    }
    text += decoder.decode(value, { stream: true });
  }
}
