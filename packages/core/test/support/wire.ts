import type { TransportFailure } from "../../src/errors.ts";
import { permanentFailure } from "../../src/runtime/permanent-failure.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";
import type { WireRequest, WireResponse } from "../../src/runtime/wire.ts";
import { holdNodeStream } from "../../src/upload/sources/open-node-stream.ts";
import { wasmBytes } from "../../src/wasm-bytes.generated.ts";
import type { VirtualClock } from "./virtual-clock.ts";

export const wasm: Promise<WebAssembly.Module> = WebAssembly.compile(wasmBytes());

/** A response of COS. A header that is "" is left out. */
export function cosResponse(status: number, headers: Record<string, string> = {}, body = ""): WireResponse {
  const all = Object.entries({ "x-cos-request-id": "NjU1Y2I=", ...headers }).filter(
    ([, value]) => value !== "",
  );
  return new Response(body === "" ? null : body, { status, headers: all });
}

/** A response of a proxy. */
export function proxyResponse(status: number, body = "<html>blocked</html>"): WireResponse {
  return cosResponse(status, { "x-cos-request-id": "" }, body);
}

export function refusal(
  status: number,
  code: string,
  message = "",
  headers: Record<string, string> = {},
): WireResponse {
  return cosResponse(status, headers, errorDocument(code, message));
}

export function errorDocument(code: string, message = "", more = ""): string {
  return (
    "<?xml version='1.0' encoding='utf-8' ?>\n" +
    `<Error><Code>${code}</Code><Message>${message}</Message><Resource>/exampleobject</Resource>${more}</Error>`
  );
}

/** A failed request, with the kind of failure that the fake runtime reports. */
export class Broken extends Error {
  constructor(readonly failure: TransportFailure) {
    super(`socket: ${failure}`);
  }
}

export type Step =
  | WireResponse
  | Broken
  | "hang"
  | ((request: WireRequest) => WireResponse | Promise<WireResponse>);

export interface Wire {
  readonly runtime: Runtime;
  readonly sent: WireRequest[];
  /** When each request was sent. */
  readonly times: number[];
  /** Requests that have no response yet. */
  readonly open: () => number;
}

/** A runtime whose requests get `steps` in order. A further request fails the test. */
export function scriptedWire(clock: VirtualClock, steps: readonly Step[]): Wire {
  let next = 0;
  return fakeWire(clock, (request) => {
    const step = steps[next];
    next += 1;
    if (step === undefined)
      throw new Error(`request ${next} (${request.method} ${request.url}) is not in the script`);
    return step;
  });
}

/** A runtime that calls `respond` for each request. */
export function fakeWire(clock: VirtualClock, respond: (request: WireRequest) => Step): Wire {
  const sent: WireRequest[] = [];
  const times: number[] = [];
  let open = 0;
  const runtime: Runtime = {
    name: "test",
    wasm,
    defaults: { partSize: 1024 * 1024, concurrency: 3, memoryBudget: 8 * 1024 * 1024 },
    send: async (request) => {
      sent.push(request);
      times.push(clock.now());
      open += 1;
      try {
        const step = respond(request);
        if (step === "hang") return await untilAborted(request.signal);
        if (step instanceof Broken) throw step;
        return typeof step === "function" ? await step(request) : step;
      } finally {
        open -= 1;
      }
    },
    open: async () => undefined,
    holdNodeStream,
    permanentFailure,
    transportError: (cause) => (cause instanceof Broken ? cause.failure : "unknown"),
  };
  return { runtime, sent, times, open: () => open };
}

export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
