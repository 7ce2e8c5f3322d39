import { type RetryContext, sendWithRetry } from "../http/retry.ts";
import { matching } from "../params/checks.ts";
import { OBJECT, READ_CONDITIONS, TRAFFIC_LIMIT } from "../params/shared-parameters.ts";
import type { Method } from "../params/table.ts";
import {
  describeObject,
  type ObjectDescription,
  type ReadParameters,
  readSpec,
} from "./object-description.ts";

/** The parameter table of getObject. */
export const GET_OBJECT = {
  name: "getObject",
  parameters: {
    ...OBJECT,
    Range: { check: matching(/^bytes=(\d+-\d*|-\d+)$/, "'bytes=first-last'"), header: "range" },
    TrafficLimit: TRAFFIC_LIMIT,
    ...READ_CONDITIONS,
  },
} as const satisfies Method;

/** The parameters of {@link CosClient.getObject}. */
export interface GetObjectParameters extends ReadParameters {
  /** `bytes=first-last`, `bytes=first-` or `bytes=-count`; default: the whole object. */
  readonly Range?: string | undefined;
  /** Limit in bit/s, 819 200 to 838 860 800. */
  readonly TrafficLimit?: number | string | undefined;
}

/** The result of {@link CosClient.getObject}. */
export interface GetObjectResult extends ObjectDescription {
  /** Read it to the end or cancel it: it holds a connection. */
  readonly Body: ReadableStream<Uint8Array>;
}

/** GET Object, as a stream. COS document 436/7753. */
export async function getObject(
  context: RetryContext,
  parameters: GetObjectParameters,
): Promise<GetObjectResult> {
  const spec = readSpec(GET_OBJECT, "GET", parameters);
  const response = await sendWithRetry(context, { ...spec, streamed: true });
  const Body = response.body ?? new Blob([]).stream();
  return { Body, ...describeObject(response) };
}
