import type { WireRequest, WireResponse } from "@cosup/core/runtime";
import { createTransport, type Transport } from "../../packages/deno/transport.ts";
import { transportFailure } from "../../packages/deno/transport_error.ts";
import { lengthIn, type RawServer, rawServer } from "./raw_server.ts";
import { assert } from "./rig.ts";

export const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

/** A transport that closes with its scope. */
export interface Wire extends AsyncDisposable {
  readonly transport: Transport;
  /** A request with defaults: a GET whose response is buffered. */
  send(url: string, more?: Partial<WireRequest>): Promise<WireResponse>;
}

export function wire(): Wire {
  const transport = createTransport();
  return {
    transport,
    send: (url, more = {}) =>
      transport.send({
        method: "GET",
        url,
        headers: {},
        signal: new AbortController().signal,
        freshConnection: false,
        bufferResponse: true,
        ...more,
      }),
    [Symbol.asyncDispose]: () => transport.close(),
  };
}

/** Responds to each request with the same text, keeping the heads and the bodies. */
export function respondingWith(text: string, heads: string[] = [], bodies: Uint8Array[] = []): RawServer {
  return rawServer(async ({ head, bytes, say }) => {
    for (let asked = await head(); asked !== undefined; asked = await head()) {
      heads.push(asked);
      bodies.push(await bytes(lengthIn(asked)));
      await say(text);
    }
  });
}

/** Responds to the first request of a connection and closes it. */
export function hangingUp(text: string): RawServer {
  return rawServer(async ({ head, say, conn }) => {
    await head();
    await say(text);
    conn.close();
  });
}

/** The kind of failure that a rejection is. */
export async function failureOf(sending: Promise<unknown>): Promise<string> {
  const error: unknown = await sending.then(
    () => assert.fail("it resolved"),
    (reason) => reason,
  );
  return transportFailure(error);
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** The result of a promise within a time that is enough on a busy machine; a later one fails the test instead of blocking it. */
export async function soon<T>(promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error("this took too long")), 30_000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
