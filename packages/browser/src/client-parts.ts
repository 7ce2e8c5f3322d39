import type { Clock, Runtime } from "@cosup/core/runtime";
import type { CosOptions } from "@cosup/core/upload";
import { browserClock } from "./browser-clock.ts";
import { type BrowserCosOptions, coreOptions } from "./options.ts";
import { createBrowserRuntime } from "./runtime.ts";
import { signedBy } from "./sign-request.ts";

/**
 * What a client is made of: the arguments of core's.
 * @throws {TypeError} {@link RangeError} a wrong option, named
 */
export function clientParts(given: BrowserCosOptions): [Runtime, CosOptions, Clock] {
  const options = coreOptions(given);
  const { signRequest } = given;
  return [createBrowserRuntime(signRequest ? signedBy(signRequest) : undefined), options, browserClock];
}
