import { CosError } from "../errors.ts";

/**
 * The most bytes of a response, except one that is an object. COS's longest response, a list of 1 000 uploads with escaped
 * keys of 850 bytes, has 3 MiB. A server or proxy that never ends its response would fill the memory.
 */
export const MAX_RESPONSE_BYTES = 4 * 1024 ** 2;

const NOT_COS = "the endpoint, or a proxy before it, does not speak COS's protocol";

/** The failure of a response that is longer than {@link MAX_RESPONSE_BYTES}. */
export function responseTooLong(): CosError {
  return new CosError(`the response is longer than ${MAX_RESPONSE_BYTES / 1024 ** 2} MiB`, {
    code: "unexpected-response",
    retryable: false,
    hint: NOT_COS,
  });
}

/** Rethrows the failure of a call that could return its response as a stream; one that was too long says so. */
export function suggestStream(error: unknown): never {
  if (error instanceof CosError && error.hint === NOT_COS)
    error.hint = "a longer response, such as an object, is returned with `stream: true`";
  throw error;
}
