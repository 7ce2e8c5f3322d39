import { subscribe } from "node:diagnostics_channel";
import type { RequestEvent, RequestHooks, RetryEvent } from "@cosup/node";
import { version } from "../../package.json";
import { writeError } from "../output.ts";
import { LogFile } from "./log-file.ts";
import { type ExchangeText, exchangeLines, requestText, retryText } from "./request-text.ts";
import { retries } from "./retry-board.ts";

/** The flags that say what is logged. */
export interface LogFlags {
  /** 1 with `-v`, or true from a variable or a profile: requests. 2 with `-vv`: headers, too. */
  readonly verbose?: number | boolean;
  /** A file that gets the same, as JSON lines. */
  readonly logFile?: string;
}

let log: RequestLog | undefined;

/**
 * The hooks of a client: they log its requests as the flags say, and note which of them wait. All clients of a command
 * share one log.
 * @throws {TypeError} the log file cannot be written
 */
export function watchRequests(flags: LogFlags): RequestHooks {
  const onRetry = (event: RetryEvent): void => retries.add(event);
  if (!flags.verbose && flags.logFile === undefined) return { onRetry };
  log ??= new RequestLog(flags);
  const current = log;
  return {
    onRequest: (event) => current.request(event),
    onRetry: (event) => {
      onRetry(event);
      current.retry(event);
    },
  };
}

class RequestLog {
  readonly #verbose: number;
  readonly #file: LogFile | undefined;

  constructor({ verbose = 0, logFile }: LogFlags) {
    this.#verbose = Number(verbose);
    this.#file = logFile === undefined ? undefined : new LogFile(logFile);
    this.#file?.write({ type: "start", version, pid: process.pid });
    if (this.#verbose >= 2) subscribe("cosup:exchange", (message) => this.#exchange(message as ExchangeText));
  }

  request(event: RequestEvent): void {
    const { method, Bucket, Key, operation, attempt, status, durationMs, requestId, errorCode } = event;
    this.#print(() => [requestText(event, new Date())]);
    const target = { operation, method, bucket: Bucket, key: Key };
    this.#file?.write({
      type: "request",
      ...target,
      attempt,
      status,
      durationMs,
      requestId,
      code: errorCode,
    });
  }

  retry(event: RetryEvent): void {
    const { Bucket, Key, operation, attempt, status, errorCode, delayMs } = event;
    this.#print(() => [retryText(event, new Date())]);
    const target = { operation, bucket: Bucket, key: Key };
    this.#file?.write({ type: "retry", ...target, attempt, status, code: errorCode, delayMs });
  }

  #exchange(exchange: ExchangeText): void {
    this.#print(() => exchangeLines(exchange));
    const { method, url, requestHeaders, status, responseHeaders } = exchange;
    this.#file?.write({ type: "exchange", method, url, requestHeaders, status, responseHeaders });
  }

  #print(lines: () => readonly string[]): void {
    if (this.#verbose > 0) for (const line of lines()) writeError(line);
  }
}
