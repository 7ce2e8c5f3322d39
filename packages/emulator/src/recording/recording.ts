import type { Fault, When } from "../faults/instruction.ts";
import type { LinkOptions } from "../link/link-options.ts";
import type { OperationName } from "../request/operation.ts";
import type { HangUpManner } from "../types.ts";

/** A body, without its bytes. */
export interface RecordedBody {
  /** The bytes that have passed. */
  readonly bytes: number;
  /** Of these bytes, as COS writes it. */
  readonly crc64: string;
  /** Whether that is all of it. */
  readonly whole: boolean;
}

/** A fault that has fired. */
export interface RecordedFault {
  readonly when: When;
  /** Without the secret of `rotate-credentials`. */
  readonly fault: Fault | { readonly kind: "rotate-credentials"; readonly secretId: string };
}

/** What a client got. */
export interface RecordedResponse {
  readonly status: number;
  /** COS's code of a refusal. */
  readonly code?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: RecordedBody;
}

/** One request and its response. */
export interface Exchange {
  /** From 1, in the order in which the requests arrived. */
  readonly order: number;
  /** Milliseconds from the beginning of the recording to its arrival, by the emulator's clock. */
  readonly atMs: number;
  readonly method: string;
  /** Absent: it was refused before its operation was known. */
  readonly operation?: OperationName;
  readonly bucket?: string;
  readonly key?: string;
  readonly partNumber?: number;
  /** Counted from 1: the requests of this operation, key and part number. */
  readonly attempt: number;
  readonly request: {
    /** A few headers that are never secret. */
    readonly headers: Readonly<Record<string, string>>;
    readonly body?: RecordedBody;
  };
  /** Absent: there was none. */
  readonly response?: RecordedResponse;
  /** How the emulator left the connection without a response. */
  readonly hungUp?: HangUpManner;
  /** The client closed the connection before it had the response. */
  readonly abandoned?: true;
  /** The faults that fired, in this order. */
  readonly faults: readonly RecordedFault[];
}

/** Requests and responses of an emulator, as JSON. It holds no secret, no token, no signature and no content. */
export interface Recording {
  readonly version: 1;
  /** The slow link at the beginning. */
  readonly link?: LinkOptions;
  readonly exchanges: readonly Exchange[];
  /** How many requests came after the 100,000 that are kept. */
  readonly left?: number;
}

/** Whether a recording repeats something for it: a fault, a refusal, or a connection without a response. */
export function wentWrong({ faults, response, hungUp, abandoned }: Exchange): boolean {
  if (faults.length > 0) return true;
  return abandoned !== true && (hungUp !== undefined || (response?.status ?? 0) >= 400);
}

/** What an exchange is about, as text. */
export function describeExchange({ operation, method, key = "", partNumber, attempt }: Exchange): string {
  const part = partNumber === undefined ? "" : ` part ${partNumber}`;
  return `${operation ?? method} ${JSON.stringify(key)}${part}, attempt ${attempt}`;
}
