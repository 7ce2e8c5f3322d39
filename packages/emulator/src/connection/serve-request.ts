import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Emulator } from "../emulator.ts";
import { incompleteBody } from "../errors.ts";
import { discard } from "../faults/response-body.ts";
import type { SlowLink } from "../link/slow-link.ts";
import { HangUp } from "../request/middleware.ts";
import { allowFreeing } from "../store/free-chunks.ts";
import type { EmulatorResponse } from "../types.ts";
import { type BodyState, type ContinueState, connectionOf } from "./connection.ts";
import { dropBody } from "./drop-body.ts";
import { hangUp } from "./hang-up.ts";
import { writeRaw } from "./raw-response.ts";
import { chunksOf } from "./request-chunks.ts";
import { drained, sent } from "./sending.ts";

/** One request of a node server. */
export interface NodeRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly bodyState: BodyState;
  readonly earlierRequests: number;
}

/**
 * Passes a request to the emulator and writes the response. Resolves when the response has left, so that the next one
 * of the connection has the socket from its first byte. Never rejects.
 */
export async function serveRequest(
  emulator: Emulator,
  nodeRequest: NodeRequest,
  link?: SlowLink,
): Promise<void> {
  const { request, response, bodyState, earlierRequests } = nodeRequest;
  // The operation sees a broken body through its iterator, so the events need no other reaction.
  request.on("error", () => {});
  response.on("error", () => {});
  const continueState = { settled: bodyState === "sent" };
  try {
    const result = await emulator.handle({
      method: request.method ?? "GET",
      target: request.url ?? "/",
      headers: joinHeaders(request),
      body: requestBody(request, response, continueState),
      connection: connectionOf(request, bodyState, earlierRequests, continueState),
    });
    if (result.wire) await writeRaw(result, request, link);
    else await write(result, nodeRequest, link);
  } catch (error) {
    if (error instanceof HangUp) hangUp(request, error.manner, link);
    else request.socket.destroy(asError(error));
  }
}

async function* requestBody(
  request: IncomingMessage,
  response: ServerResponse,
  continueState: ContinueState,
): AsyncGenerator<Uint8Array> {
  if (!continueState.settled) response.writeContinue();
  try {
    for await (const chunk of chunksOf(request)) {
      // It has its own memory, and a middleware cannot put itself between the body and the store.
      allowFreeing(chunk);
      yield chunk;
    }
  } catch {
    throw incompleteBody();
  }
}

async function write(
  result: EmulatorResponse,
  { request, response, bodyState }: NodeRequest,
  link: SlowLink | undefined,
): Promise<void> {
  response.sendDate = false;
  const headers = { ...result.headers };
  // A client that got no `100 Continue` may send its body or its next request: only closing is safe.
  if (bodyState === "awaits continue" && !request.complete) headers.Connection = "close";
  try {
    response.writeHead(result.status, headers);
  } catch (error) {
    await discard(result);
    throw error;
  }
  if (typeof result.body === "string" || result.body === undefined) response.end(result.body);
  else await writeStream(result.body, response, request.socket);
  // A request refused before its body was read: the rest is read and dropped, so that the sender sees the response.
  if (!request.complete) dropBody(request, link);
  await sent(response, request.socket);
}

async function writeStream(
  body: AsyncIterable<Uint8Array>,
  response: ServerResponse,
  socket: Socket,
): Promise<void> {
  for await (const chunk of body) {
    if (socket.destroyed) break;
    if (!response.write(chunk)) await drained(response, socket);
  }
  response.end();
}

function joinHeaders(request: IncomingMessage): Record<string, string | undefined> {
  const joined: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(request.headers)) {
    joined[name] = Array.isArray(value) ? value.join(",") : value;
  }
  return joined;
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
