import { type RetryContext, sendWithRetry } from "../http/retry.ts";
import { OBJECT, READ_CONDITIONS } from "../params/shared-parameters.ts";
import type { Method } from "../params/table.ts";
import {
  describeObject,
  type ObjectDescription,
  type ReadParameters,
  readSpec,
} from "./object-description.ts";
import { requireHeader } from "./validate-response.ts";

/** The parameter table of headObject. */
export const HEAD_OBJECT = {
  name: "headObject",
  parameters: { ...OBJECT, ...READ_CONDITIONS },
} as const satisfies Method;

/** HEAD Object. Throws a {@link ServiceError} with code `not-found` when there is none. COS document 436/7745. */
export async function headObject(
  context: RetryContext,
  parameters: ReadParameters,
): Promise<ObjectDescription> {
  const validateResponse = requireHeader("headObject", "etag");
  const spec = readSpec(HEAD_OBJECT, "HEAD", parameters);
  return describeObject(await sendWithRetry(context, { ...spec, validateResponse }));
}
