import type { Pairs } from "../auth/canonical.ts";
import type { CosError } from "../errors.ts";
import type { ResponseSink, WireResponse } from "../runtime/wire.ts";
import type { XmlDocument } from "../xml/document.ts";
import type { CheckBody } from "./body-check.ts";
import type { StreamBody } from "./body-watch.ts";
import type { BodyFollower, BodyToRead, BytesToSend } from "./sending.ts";

/** The methods of COS's requests. */
export type HttpMethod = "GET" | "PUT" | "POST" | "HEAD" | "DELETE" | "OPTIONS";

/** One request to COS, before it has an address and a signature. */
export interface RequestSpec {
  /** The method's name, for messages. */
  readonly operation: string;
  readonly method: HttpMethod;
  readonly Bucket: string;
  /** Empty: the bucket itself. */
  readonly Key: string;
  readonly query: Pairs;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: BytesToSend | BodyToRead | undefined;
  /** Whether COS may receive it twice without harm. False for Initiate, Append and Complete. */
  readonly idempotent: boolean;
  /** Return the body of a success unread, as `streamBody`. Given by those who need it: an upload does not carry it. */
  readonly streamed?: StreamBody | undefined;
  /** Receives the body of a success, which then is not in the response's `text`. */
  readonly sink?: ResponseSink | undefined;
  /** Makes the check of a streamed body, which the caller reads. */
  readonly checkBody?: CheckBody;
  /**
   * Checks a 2xx response. What it throws is a failure like any other, and is retried when it is retryable. Not for a
   * streamed request: nobody would read or cancel the body of a response that is refused.
   */
  readonly validateResponse?: (response: CosResponse) => void;
  /** Called before each retry, with the failure that caused it. */
  readonly onRetry?: (failure: CosError) => void;
  /** Milliseconds without progress that the request may take, when COS works longer than for others. */
  readonly responseTimeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
  /** Follows the body while it is sent. */
  readonly follower?: BodyFollower | undefined;
}

/** A response of COS. `text` is its whole body, unless the request is `streamed`. */
export interface CosResponse {
  readonly status: number;
  readonly headers: WireResponse["headers"];
  readonly text: string;
  /** `text` as XML; undefined when it is something else. Each call parses. */
  document(): XmlDocument | undefined;
  /** The body itself, when the request is `streamed`. */
  readonly body: ReadableStream<Uint8Array> | null;
}
