import type { Pairs } from "../auth/canonical.ts";
import type { CosError } from "../errors.ts";
import type { WireResponse } from "../runtime/wire.ts";

/** One operation of COS as a request, before it is addressed and signed. */
export interface RequestSpec {
  /** The method's name, for messages. */
  readonly operation: string;
  readonly method: "GET" | "PUT" | "POST" | "HEAD" | "DELETE";
  readonly Bucket: string;
  /** Empty: the bucket itself. */
  readonly Key: string;
  readonly query: Pairs;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array | undefined;
  /** Whether repeating it after a lost response changes nothing. Initiate, Append and Complete are not. */
  readonly idempotent: boolean;
  /** Hand the body over unread (GET Object). */
  readonly streamed?: boolean;
  /** Looks at a 2xx: what it throws is a failure like any other, repeated when it is retryable. */
  readonly validateResponse?: (response: CosResponse) => void;
  /** Told of each failure after which the call is sent again. */
  readonly onRetry?: (failure: CosError) => void;
  /** Milliseconds COS may take to respond once the body is sent; default 60 000. */
  readonly responseTimeoutMs?: number;
  readonly signal?: AbortSignal | undefined;
}

/** A successful response. `text` is its whole body, unless the call was `streamed`. */
export interface CosResponse {
  readonly status: number;
  readonly headers: WireResponse["headers"];
  readonly text: string;
  /** The body itself, when the call was `streamed`. */
  readonly body: ReadableStream<Uint8Array> | null;
}
