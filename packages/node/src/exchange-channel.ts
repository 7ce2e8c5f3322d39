import { channel } from "node:diagnostics_channel";
import type { WireRequest, WireResponse } from "@cosup/core/runtime";

/**
 * One HTTP exchange with its headers, as the channel `cosup:exchange` publishes it when the head of the response is there,
 * or the exchange has failed. Secrets are replaced by {@link HIDDEN}: signatures, tokens, keys of SSE-C, cookies.
 */
export interface ExchangeEvent {
  /** The HTTP method. */
  readonly method: string;
  /** Of the request. */
  readonly url: string;
  /** Of the request, without those that the HTTP connection adds. */
  readonly requestHeaders: Readonly<Record<string, string>>;
  /** Undefined: there was no response. */
  readonly status: number | undefined;
  /** Of the response. */
  readonly responseHeaders: Readonly<Record<string, string>>;
}

/** What stands in the place of a secret. */
export const HIDDEN = "(hidden)";

const SECRET_HEADER = /^(proxy-)?authorization$|security-token|customer-key|cookie|secret|password/i;
const SECRET_PARAMETER =
  /^(q-signature|sign|signature|x-amz-signature|authorization)$|security-token|customer-key/i;

const exchanges = channel("cosup:exchange");

/** Publishes the exchange, if somebody watches, when the head of its response is there or when it has failed. */
export function watchedExchange(
  request: WireRequest,
  response: Promise<WireResponse>,
): Promise<WireResponse> {
  return exchanges.hasSubscribers ? watched(request, response) : response;
}

async function watched(request: WireRequest, response: Promise<WireResponse>): Promise<WireResponse> {
  try {
    const received = await response;
    publishExchange(request, received);
    return received;
  } catch (error) {
    publishExchange(request, undefined);
    throw error;
  }
}

/** Publishes an exchange without its secrets. */
function publishExchange({ method, url, headers }: WireRequest, response: WireResponse | undefined): void {
  const responseHeaders: Record<string, string> = {};
  response?.headers.forEach((value, name) => {
    responseHeaders[name] = value;
  });
  const event: ExchangeEvent = {
    method,
    url: withoutSecrets(url),
    requestHeaders: masked(headers),
    status: response?.status,
    responseHeaders: masked(responseHeaders),
  };
  exchanges.publish(event);
}

function masked(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, SECRET_HEADER.test(name) ? HIDDEN : value]),
  );
}

/** The URL with the values of secret parameters hidden. */
function withoutSecrets(url: string): string {
  return url.replace(/([?&])([^=&#]+)=[^&#]*/g, (whole, before: string, name: string) =>
    SECRET_PARAMETER.test(name) ? `${before}${name}=${HIDDEN}` : whole,
  );
}
