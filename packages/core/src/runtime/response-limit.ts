import { CosError } from "../errors.ts";

/**
 * The most bytes of a response, except one that is an object. COS's longest response, a list of 1 000 uploads with escaped
 * keys of 850 bytes, has 3 MiB. A server or proxy that never ends its response would fill the memory.
 */
export const MAX_RESPONSE_BYTES = 4 * 1024 ** 2;

/** The failure of a response that is longer than {@link MAX_RESPONSE_BYTES}. */
export function responseTooLong(): CosError {
  return new CosError(`the response is longer than ${MAX_RESPONSE_BYTES / 1024 ** 2} MiB`, {
    code: "unexpected-response",
    retryable: false,
    hint: "the endpoint, or a proxy before it, does not speak COS's protocol",
  });
}
