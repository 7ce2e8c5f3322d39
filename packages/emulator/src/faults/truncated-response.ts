import { serialiseHead } from "../connection/wire.ts";
import type { EmulatorRequest, EmulatorResponse } from "../types.ts";
import type { RequestInfo } from "./interrupt.ts";
import { bytesOf, once } from "./response-body.ts";
import type { Armed } from "./run.ts";

/** Stops or delays a response after N bytes, if it has that many. */
export async function truncatedResponse(
  armed: Armed,
  response: EmulatorResponse,
  { method, connection }: EmulatorRequest,
  requestInfo: RequestInfo,
): Promise<EmulatorResponse> {
  const { fault, bytes } = armed.rule;
  const measured = await measure(response, method);
  if (bytes > measured.length) return measured.response;
  if (fault.kind === "delay") {
    armed.fire();
    const delay = (): Promise<void> => requestInfo.sleep(fault.ms);
    if (!connection) await delay();
    return { ...measured.response, wire: { ...response.wire, stop: { bytes, manner: { delay } } } };
  }
  if (fault.kind !== "reset" && fault.kind !== "fin" && fault.kind !== "silence") return measured.response;
  armed.fire();
  return { ...measured.response, wire: { ...response.wire, stop: { bytes, manner: fault.kind } } };
}

/** Length of a response on the wire, in bytes. A body of unknown length is read to measure it. */
async function measure(
  response: EmulatorResponse,
  method: string,
): Promise<{ length: number; response: EmulatorResponse }> {
  const head = serialiseHead(response, method).length;
  if (response.body === undefined || method === "HEAD") return { length: head, response };
  const declared = response.headers["Content-Length"];
  if (declared !== undefined) return { length: head + Number(declared), response };
  const body = await bytesOf(response);
  const frames = `${body.length.toString(16)}\r\n\r\n0\r\n\r\n`.length;
  return { length: head + body.length + frames, response: { ...response, body: once(body) } };
}
