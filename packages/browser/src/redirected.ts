import { CosError } from "@cosup/core/upload";

/** The failure of a redirect: core follows none, because a signature is for one host, and a browser hides where it leads. */
export function redirected(): CosError {
  return new CosError("the response is a redirect, and a browser hides where it leads", {
    code: "unexpected-response",
    retryable: false,
    hint: "is the bucket in another Region? An Endpoint of your own must not redirect",
  });
}
