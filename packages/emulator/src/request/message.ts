import type { Wire } from "../connection/wire.ts";

/** The connection that brought a request. A caller without sockets has none. */
export interface Carrier {
  /** Aborts when the connection is gone. */
  readonly gone: AbortSignal;
  readonly remoteAddress: string | undefined;
  /** Requests that this connection carried before. */
  readonly earlierRequests: number;
  /** Whether the client holds its body back until `100 Continue`. */
  readonly awaitsContinue: boolean;
  /** Never send it; the body may come all the same. */
  withholdContinue(): void;
}

/** An HTTP request as the emulator sees it, whatever carried it here. */
export interface EmulatorRequest {
  readonly method: string;
  /** The request target exactly as it stands on the request line: origin form or absolute form, undecoded. */
  readonly target: string;
  /** Header values by name; names in any case, values as one character per byte (latin-1), as node:http gives them. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Chunks must stay as they are after the iterator has moved on: they are written to disk behind it. */
  readonly body?: AsyncIterable<Uint8Array>;
  readonly carrier?: Carrier;
}

/** An HTTP response ready to be written. */
export interface EmulatorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | AsyncIterable<Uint8Array>;
  /** The service's own headers are not added: the answer is not from it. */
  readonly bare?: boolean;
  /** Set by scripted faults: the answer goes out byte by byte as this says, and the connection ends after it. */
  readonly wire?: Wire;
}

/** Lower-cases the names and drops empty values: official clients send empty `Cache-Control:` and `Content-Type:`. */
export function normaliseHeaders(headers: EmulatorRequest["headers"]): Map<string, string> {
  const normalised = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && value !== "") normalised.set(name.toLowerCase(), value);
  }
  return normalised;
}
