import type { Rule } from "../faults/instruction.ts";
import type { PeekedRequest } from "../faults/peek-request.ts";
import type { LinkOptions } from "../link/link-options.ts";
import { RequestIds, subjectOf } from "../replay/request-ids.ts";
import { type Trace, withoutSignature } from "../request/log-line.ts";
import type { EmulatorRequest, EmulatorResponse, HangUpManner } from "../types.ts";
import { MeasuredBody, measureText } from "./measured-body.ts";
import type { Exchange, RecordedBody, RecordedFault, Recording } from "./recording.ts";
import { shownOfRequest, shownOfResponse } from "./shown-headers.ts";

/** Exchanges that are kept. */
const MOST = 100_000;

/** An exchange under way, and the request and the response that pass it. */
export interface Take {
  /** The request to handle in its place. */
  readonly request: EmulatorRequest;
  /** Call it when the response is ready. Returns the one to send in its place. */
  ended(response: EmulatorResponse): Promise<EmulatorResponse>;
  /** Call it when there is no response. */
  hungUp(manner: HangUpManner): void;
}

interface Taken {
  readonly order: number;
  readonly atMs: number;
  readonly attempt: number;
  readonly request: EmulatorRequest;
  readonly peeked: PeekedRequest;
  readonly trace: Trace;
  readonly requestBody: () => RecordedBody | undefined;
  response?: EmulatorResponse;
  responseBody?: () => RecordedBody;
  hungUp?: HangUpManner;
  abandoned?: boolean;
}

/** Records the exchanges of an emulator until it is stopped. */
export class Recorder {
  readonly #began: number;
  readonly #link: LinkOptions | undefined;
  readonly #ids = new RequestIds();
  readonly #taken: Taken[] = [];
  #left = 0;

  constructor(began: number, link: LinkOptions | undefined) {
    this.#began = began;
    this.#link = link;
  }

  /** Call it for each request, in their order. Undefined: it is not kept. */
  take(request: EmulatorRequest, peeked: PeekedRequest, trace: Trace, at: number): Take | undefined {
    if (this.#taken.length >= MOST) {
      this.#left += 1;
      return undefined;
    }
    const body = request.body && new MeasuredBody();
    const taken: Taken = {
      order: this.#taken.length + 1,
      atMs: at - this.#began,
      attempt: this.#ids.next(subjectOf(peeked, request.method)).attempt,
      request,
      peeked,
      trace,
      requestBody: () => body?.measured,
    };
    this.#taken.push(taken);
    const isGone = (): boolean => request.connection?.gone.aborted === true;
    return {
      request: body && request.body ? { ...request, body: body.pass(request.body) } : request,
      async ended(response) {
        taken.response = response;
        if (isGone()) taken.abandoned = true;
        return measured(response, taken);
      },
      hungUp(manner) {
        taken.hungUp = manner;
        if (isGone()) taken.abandoned = true;
      },
    };
  }

  /** What has been recorded so far, also of exchanges under way. */
  recording(): Recording {
    return {
      version: 1,
      ...(this.#link && { link: this.#link }),
      exchanges: this.#taken.map(exchangeOf),
      ...(this.#left > 0 && { left: this.#left }),
    };
  }
}

async function measured(response: EmulatorResponse, taken: Taken): Promise<EmulatorResponse> {
  const { body } = response;
  if (body === undefined) return response;
  if (typeof body === "string") {
    const text = await measureText(body);
    taken.responseBody = () => text;
    return response;
  }
  const passing = new MeasuredBody();
  taken.responseBody = () => passing.measured;
  return { ...response, body: passing.pass(body) };
}

function exchangeOf(taken: Taken): Exchange {
  const { order, atMs, attempt, request, trace, response, hungUp, abandoned } = taken;
  const { operation, address, partNumber } = taken.peeked;
  const key = withoutSignature(address?.key ?? "");
  const requestBody = taken.requestBody();
  const responseBody = taken.responseBody?.();
  return {
    order,
    atMs,
    method: request.method,
    ...(operation !== undefined && { operation }),
    ...(address?.bucket !== undefined && { bucket: address.bucket }),
    ...(key !== "" && { key }),
    ...(partNumber !== undefined && { partNumber }),
    attempt,
    request: { headers: shownOfRequest(request.headers), ...(requestBody && { body: requestBody }) },
    ...(response && {
      response: {
        status: response.status,
        ...(trace.code !== undefined && { code: trace.code }),
        headers: shownOfResponse(response.headers),
        ...(responseBody && { body: responseBody }),
      },
    }),
    ...(hungUp !== undefined && { hungUp }),
    ...(abandoned === true && { abandoned }),
    faults: (trace.fired ?? []).map(faultOf),
  };
}

/** A recording may go into a repository: it holds no secret. */
function faultOf({ instruction: { when }, fault }: Rule): RecordedFault {
  if (fault.kind !== "rotate-credentials") return { when, fault };
  return { when, fault: { kind: fault.kind, secretId: fault.secretId } };
}
