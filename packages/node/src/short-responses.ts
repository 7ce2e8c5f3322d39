import type { Socket } from "node:net";
import { readShortResponse, type ShortResponse } from "./short-response.ts";

/** What we use of undici's parser of responses; llhttp calls those that begin with `on`. */
export interface ResponseParser {
  paused: boolean;
  readonly socket: Pick<Socket, "destroy" | "unshift">;
  execute(chunk: Buffer): void;
  onMessageBegin(): number;
  onStatus(reason: Buffer): number;
  onHeaderField(name: Buffer): number;
  onHeaderValue(value: Buffer): number;
  onHeadersComplete(status: number, upgrade: boolean, shouldKeepAlive: boolean): number;
  onBody(piece: Buffer): number;
  onMessageComplete(): number;
}

/** What they return: go on, there is no body (HEAD), wait for `resume()`. */
const OK = 0;
const NO_BODY = 1;
const PAUSED = 21;

/**
 * Reads short responses without llhttp. That is WebAssembly, with one function of 33 KB which V8 optimizes after one response
 * (Node 20) or a few (Node 26). It takes 11 MiB of memory and 0.3 s of CPU, more than it saves in thousands of responses
 * (findings/undici-parser-turbofan.sh).
 * @param parser that of a connection
 */
export function readShortResponses(parser: ResponseParser): void {
  const { execute, onMessageBegin, onMessageComplete } = parser;
  /** A response has begun, here or in llhttp, which then gets its end. */
  let within = false;
  /** What is left to be done of a response of ours that was paused. */
  let left: Iterator<number> | undefined;
  parser.onMessageBegin = () => {
    within = true;
    return onMessageBegin.call(parser);
  };
  parser.onMessageComplete = () => {
    within = false;
    return onMessageComplete.call(parser);
  };
  parser.execute = (chunk) => {
    try {
      if (left !== undefined) {
        left = run(parser, left);
        if (chunk.length === 0) return;
        if (left !== undefined) {
          parser.socket.unshift(chunk);
          return;
        }
      }
      const response = within ? undefined : readShortResponse(chunk);
      if (response === undefined) execute.call(parser, chunk);
      else left = run(parser, stepsOf(response, parser, execute));
    } catch (error) {
      // As undici does. Nothing happens if it is closed already.
      parser.socket.destroy(error as Error);
    }
  };
}

/** @returns the steps, if they were paused */
function run(parser: ResponseParser, steps: Iterator<number>): Iterator<number> | undefined {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return undefined;
    if (value === PAUSED) {
      parser.paused = true;
      return steps;
    }
    if (value !== OK) throw new Error("nobody waits for this response any more");
  }
}

/** What llhttp would do, with what each step returns. */
function* stepsOf(
  { status, reason, fields, body, rest }: ShortResponse,
  parser: ResponseParser,
  execute: ResponseParser["execute"],
): Generator<number> {
  yield parser.onMessageBegin();
  parser.onStatus(reason);
  for (const [name, value] of fields) {
    parser.onHeaderField(name);
    parser.onHeaderValue(value);
  }
  const verdict = parser.onHeadersComplete(status, false, true);
  if (verdict !== NO_BODY) {
    yield verdict;
    for (const piece of body) yield parser.onBody(piece);
  }
  yield parser.onMessageComplete();
  // Bytes that nobody asked for end the connection.
  if (verdict === NO_BODY && rest.length > 0) execute.call(parser, rest);
}
