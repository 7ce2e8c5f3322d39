import type { DigestCore } from "../digest/digest-core.ts";
import type { CosResponse } from "../http/request-spec.ts";
import { type RetryContext, sendWithRetry } from "../http/retry.ts";
import { streamBody } from "../http/stream-body.ts";
import { flag, matching } from "../params/checks.ts";
import { OBJECT, READ_CONDITIONS, TRAFFIC_LIMIT } from "../params/shared-parameters.ts";
import type { Method } from "../params/table.ts";
import {
  describeObject,
  type ObjectDescription,
  type ReadParameters,
  readSpec,
} from "./object-description.ts";
import { unexpectedResponse } from "./validate-response.ts";
import { verifyBody } from "./verify-body.ts";

/** The parameter table of getObject. */
export const GET_OBJECT = {
  name: "getObject",
  parameters: {
    ...OBJECT,
    Range: { check: matching(/^bytes=(\d+-\d*|-\d+)$/, "'bytes=first-last'"), header: "range" },
    TrafficLimit: TRAFFIC_LIMIT,
    verify: { check: flag },
    ...READ_CONDITIONS,
  },
} as const satisfies Method;

/** The parameters of {@link CosClient.getObject}. */
export interface GetObjectParameters extends ReadParameters {
  /** `bytes=first-last`, `bytes=first-` or `bytes=-count`; default: the whole object. */
  readonly Range?: string | undefined;
  /** Limit in bit/s, 819 200 to 838 860 800. */
  readonly TrafficLimit?: number | string | undefined;
  /**
   * Compare the CRC64 of a whole object with COS's when `Body` ends; default true. `false` saves its CPU time, and hands
   * wrong bytes over without a word. The length is compared in any case; a range has no CRC64 of its own.
   */
  readonly verify?: boolean | undefined;
}

/** The result of {@link CosClient.getObject}. */
export interface GetObjectResult extends ObjectDescription {
  /**
   * Read it to the end or cancel it: it holds a connection. It ends only when everything has arrived: a body that breaks
   * off fails with a TransportError, and a whole object with other bytes than COS computed its CRC64 of with an
   * IntegrityError. What was read until then must not be used.
   */
  readonly Body: ReadableStream<Uint8Array>;
}

/** What getObject needs of the client. */
interface ReadContext extends RetryContext {
  digestCoreFor(bytes: number): Promise<DigestCore>;
}

/** GET Object, as a stream that is verified at its end. COS document 436/7753. */
export async function getObject(
  context: ReadContext,
  parameters: GetObjectParameters,
): Promise<GetObjectResult> {
  const spec = readSpec(GET_OBJECT, "GET", parameters);
  const whole = parameters.Range === undefined || parameters.Range === "";
  const core = whole && parameters.verify !== false ? await context.digestCoreFor(0) : undefined;
  const checkBody = verifyBody(GET_OBJECT.name, core);
  const response = await sendWithRetry(context, { ...spec, streamed: streamBody, checkBody });
  const Body = response.body ?? new Blob([]).stream();
  const wrong = otherRange(spec.headers.range, response);
  if (wrong === undefined) return { Body, ...describeObject(response) };
  await Body.cancel().catch(() => {});
  throw unexpectedResponse(GET_OBJECT.name, response, wrong);
}

/** Why the body of a response is not what was asked for: a cache or a proxy may ignore a range, or send one by itself. */
function otherRange(range: string | undefined, { status, headers }: CosResponse): string | undefined {
  if (range === undefined || range === "") {
    const [, last, size] = /^bytes 0-(\d+)\/(\d+)$/.exec(headers.get("content-range") ?? "") ?? [];
    return status === 206 && Number(last) + 1 !== Number(size)
      ? "a part of the object, not all of it"
      : undefined;
  }
  const [, first = "", last = ""] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? [];
  const most = last === "" ? Number.POSITIVE_INFINITY : Number(last) + (first === "" ? 0 : 1);
  const isOther = Number(first) > 0 || Number(headers.get("content-length")) > most;
  return status === 200 && isOther ? "the whole object, not the range" : undefined;
}
