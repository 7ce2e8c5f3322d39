import type { RequestEvent, RetryEvent } from "@cosup/node";

/** One line for an attempt of a request: time, method, object, status, operation, attempt, duration, request id, error. */
export function requestText(event: RequestEvent, now: Date): string {
  const { method, operation, Bucket, Key, attempt, status, durationMs, requestId, errorCode } = event;
  return [
    timeOf(now),
    method,
    `cos://${Bucket}/${Key}`,
    status ?? "-",
    operation,
    `attempt ${attempt}`,
    `${Math.round(durationMs ?? 0)} ms`,
    requestId ?? "-",
    ...(errorCode === undefined ? [] : [errorCode]),
  ].join(" ");
}

/** One line for a request that will be sent again. */
export function retryText({ operation, Key, attempt, errorCode, delayMs }: RetryEvent, now: Date): string {
  const pause = `again in ${Math.round(delayMs)} ms`;
  return `${timeOf(now)} ${pause}: ${errorCode}, attempt ${attempt + 1}, ${operation} of ${Key}`;
}

/** An exchange with its headers, as curl shows it: `>` of the request, `<` of the response. */
export interface ExchangeText {
  readonly method: string;
  readonly url: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly status: number | undefined;
  readonly responseHeaders: Readonly<Record<string, string>>;
}

/** The lines of an exchange. */
export function exchangeLines(exchange: ExchangeText): string[] {
  const { method, url, requestHeaders, status, responseHeaders } = exchange;
  const request = [`> ${method} ${url}`, ...headerLines(">", requestHeaders)];
  const response =
    status === undefined ? ["< no response"] : [`< ${status}`, ...headerLines("<", responseHeaders)];
  return [...request, ...response];
}

function headerLines(mark: string, headers: Readonly<Record<string, string>>): string[] {
  return Object.entries(headers).map(([name, value]) => `${mark} ${name}: ${value}`);
}

/** Local time with milliseconds, as in `08:15:02.041`. */
function timeOf(now: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const time = [now.getHours(), now.getMinutes(), now.getSeconds()].map(two).join(":");
  return `${time}.${String(now.getMilliseconds()).padStart(3, "0")}`;
}
