import { CosError } from "../errors.ts";

/**
 * Most bytes of any response but an object's. The longest of COS, a list of 1 000 uploads whose keys are of 850 bytes
 * and escaped, has 3 MiB; a server or proxy that never ends would fill the memory.
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
