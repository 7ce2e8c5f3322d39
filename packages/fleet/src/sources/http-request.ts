import { setTimeout as sleep } from "node:timers/promises";
import { TransferError } from "../errors.ts";
import { nameOf } from "./source-errors.ts";

/** Times that a request is sent. A run repeats the whole entry as well, later. */
const ATTEMPTS = 3;
const FIRST_DELAY_MS = 250;

const ABSENT = [404, 410];
/** Statuses that pass. */
const PASSING = [408, 425, 429];

/** Values of Content-Encoding with which the bytes are as they are; S3 may repeat the last one from an upload. */
const PLAIN = ["", "identity", "aws-chunked"];

/** A response that {@link getSource} accepts. */
export interface SourceResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: AsyncIterable<Uint8Array>;
  /** Closes the connection, where the body is not read. */
  cancel(): Promise<void>;
}

/**
 * Sends a GET and takes its response, again when the server does not give it now.
 * @param range the bytes from the first number to the second, both included
 * @param accepted statuses that are no failure
 * @param take reads the response; what it throws as retryable is a failure of the attempt
 * @throws {TransferError}
 */
export async function getSource<T>(
  source: string,
  { range, accepted }: { readonly range?: readonly [number, number]; readonly accepted: readonly number[] },
  signal: AbortSignal,
  take: (response: SourceResponse) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const response = await send(source, range, signal);
      if (accepted.includes(response.status)) return await takePlain(source, response, take);
      await response.cancel();
      throw refusal(source, response.status);
    } catch (error) {
      signal.throwIfAborted();
      const failure = error instanceof TransferError ? error : unavailable(source, error);
      if (!failure.retryable || attempt === ATTEMPTS) throw failure;
    }
    await sleep(FIRST_DELAY_MS * 2 ** attempt * (0.5 + Math.random()), undefined, { signal });
  }
}

/** `fetch` gives the decompressed bytes: not those that are stored, and not those of the ranges. */
async function takePlain<T>(
  source: string,
  response: SourceResponse,
  take: (response: SourceResponse) => Promise<T>,
): Promise<T> {
  const encoding = response.headers.get("content-encoding")?.trim() ?? "";
  if (PLAIN.includes(encoding.toLowerCase())) return take(response);
  await response.cancel();
  throw new TransferError(`the server of ${nameOf(source)} gives it with Content-Encoding ${encoding}`, {
    code: "source-encoded",
    retryable: false,
    hint: `download it as it is (curl without --compressed), and put its path into the manifest, with the header Content-Encoding: ${encoding}`,
  });
}

async function send(
  source: string,
  range: readonly [number, number] | undefined,
  signal: AbortSignal,
): Promise<SourceResponse> {
  // A server that compresses what it holds does not do it then; one that holds it compressed may say so all the same.
  const headers: Record<string, string> = { "accept-encoding": "identity" };
  if (range !== undefined) headers.range = `bytes=${range[0]}-${range[1]}`;
  const response = await fetch(source, { headers, signal });
  const { body } = response;
  return {
    status: response.status,
    headers: response.headers,
    body: (body ?? []) as unknown as AsyncIterable<Uint8Array>,
    // One that was read has nothing left to close, or has failed with an error of its own.
    cancel: async () => {
      await body?.cancel().catch(() => {});
    },
  };
}

function refusal(source: string, status: number): TransferError {
  const name = nameOf(source);
  if (ABSENT.includes(status))
    return new TransferError(`${name} does not exist (HTTP ${status})`, {
      code: "source-not-found",
      retryable: false,
    });
  const retryable = status >= 500 || PASSING.includes(status);
  return new TransferError(`the server of ${name} responds with HTTP ${status}`, {
    code: retryable ? "source-unavailable" : "source-refused",
    retryable,
    hint:
      status === 401 || status === 403
        ? "a presigned URL may have expired: make the manifest again"
        : undefined,
  });
}

/** The cause's own message may contain the whole URL: its code has to do. */
function unavailable(source: string, error: unknown): TransferError {
  const { cause = error } = error as { readonly cause?: unknown };
  // The only error of `fetch` itself after a response.
  if (cause instanceof Error && cause.message === "redirect count exceeded")
    return new TransferError(`the server of ${nameOf(source)} redirects too often`, {
      code: "source-refused",
      retryable: false,
    });
  const code = String((cause as { readonly code?: unknown } | undefined)?.code ?? "no response");
  return new TransferError(`${nameOf(source)} cannot be read (${code})`, {
    code: "source-unavailable",
    retryable: true,
  });
}
