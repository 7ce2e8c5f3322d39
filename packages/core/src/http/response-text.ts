import { CosError } from "../errors.ts";
import type { WireResponse } from "../runtime.ts";

/**
 * Most bytes of any response but an object's. The longest of COS, a list of 1 000 uploads whose keys are of 850 bytes
 * and escaped, has 3 MiB; a server or proxy that never ends would fill the memory.
 */
export const MAX_RESPONSE_BYTES = 4 * 1024 ** 2;

/** The failure of a response that is longer than {@link MAX_RESPONSE_BYTES}. */
export function responseTooLong(): CosError {
  return new CosError(`the response is longer than ${MAX_RESPONSE_BYTES / 1024 ** 2} MiB`, {
    code: "unexpected-answer",
    retryable: false,
    hint: "the endpoint, or a proxy before it, does not speak COS's protocol",
  });
}

/**
 * The body of a response as text, of which no more than {@link MAX_RESPONSE_BYTES} are read: then its connection is
 * closed.
 * @throws {CosError} it is longer
 */
export async function responseText(response: WireResponse): Promise<string> {
  if (response.collected === true) return response.text();
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
