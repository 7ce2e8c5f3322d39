import { type OnReadOpts, Socket } from "node:net";
import type { buildConnector as UndiciConnector } from "undici";

import { areParsersLoaded, loadParsers } from "./parsers.ts";
import { letPausedResponsesEnd } from "./paused-end.ts";
import { readIntoOwnBuffers } from "./receive-buffers.ts";
import { type ResponseParser, readShortResponses } from "./short-responses.ts";
import { buildConnector, kParser } from "./undici.ts";

/** Longest wait for a connection, TLS included. */
export const CONNECT_TIMEOUT_MS = 10_000;

type Callback = UndiciConnector.Callback;

export interface Connector {
  readonly connect: ReturnType<typeof buildConnector>;
  /** Whether a connection is being established. */
  isConnecting(): boolean;
  /** Gives up every connection that is not established yet, and refuses all later ones. */
  refuse(): void;
}

/** undici's connector, which by itself keeps on connecting (10 s into a black hole) after every caller has left. */
export function createConnector(): Connector {
  const connecting = new Set<Socket>();
  let refused = false;
  const connectSocket = buildConnector({
    timeout: CONNECT_TIMEOUT_MS,
    // What it offers by ALPN; the option of the agent does not reach a connector of ours.
    allowH2: false,
    ...ownBuffers(),
  });
  return {
    connect: (options, callback) => {
      if (refused) {
        // Later, as every failure to connect: undici has not finished what it does before.
        setImmediate(callback, nobodyWaits(), null);
        return;
      }
      const report = (...outcome: Parameters<Callback>): void => {
        if (socket instanceof Socket) {
          connecting.delete(socket);
        }
        callback(...outcome);
        if (socket instanceof Socket) {
          mendParser(socket);
        }
      };
      // Typed void, yet it returns the socket.
      const socket: unknown = connectSocket(options, (...outcome) => {
        if (areParsersLoaded()) report(...outcome);
        else whenParsersLoaded(outcome, report);
      });
      if (socket instanceof Socket) {
        connecting.add(socket);
      }
      // While the connection is established. The callback above notices a failure.
      if (!areParsersLoaded()) loadParsers().catch(() => {});
    },
    isConnecting: () => connecting.size > 0,
    refuse: () => {
      refused = true;
      for (const socket of connecting) {
        // With an error: undici waits for `connect` or `error`, and a plain destroy() emits neither.
        socket.destroy(nobodyWaits());
      }
    },
  };
}

/** Bun's sockets have buffers of their own. */
function ownBuffers(): { readonly onread?: OnReadOpts } {
  return process.versions.bun === undefined ? { onread: readIntoOwnBuffers() } : {};
}

/** Reports a connection once it can be used. It is destroyed if the parsers of responses cannot be loaded. */
function whenParsersLoaded(outcome: Parameters<Callback>, report: Callback): void {
  loadParsers().then(
    () => report(...outcome),
    (error: Error) => {
      outcome[1]?.destroy();
      report(error, null);
    },
  );
}

function nobodyWaits(): Error {
  return Object.assign(new Error("No request waits for this connection"), { code: "ECONNABORTED" });
}

function mendParser(socket: Socket & { readonly [kParser]?: ResponseParser | null }): void {
  const parser = socket[kParser];
  if (!parser) return;
  acceptContinue(parser);
  letPausedResponsesEnd(parser);
  readShortResponses(parser);
}

/** A number that undici treats as any interim response: it goes on waiting for the final one. */
const PROCESSING = 102;

/**
 * undici breaks the connection at a `100 Continue` that nobody asked for. Servers and proxies may send one all the same,
 * and RFC 9110 (15.2) wants clients to expect it. Once for each connection; its responses are read as before.
 */
function acceptContinue(parser: ResponseParser): void {
  const { onHeadersComplete } = parser;
  parser.onHeadersComplete = (status, upgrade, shouldKeepAlive) =>
    onHeadersComplete.call(parser, status === 100 ? PROCESSING : status, upgrade, shouldKeepAlive);
}
