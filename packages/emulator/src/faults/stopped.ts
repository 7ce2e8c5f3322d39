import { serialiseHead } from "../connection/wire.ts";
import type { EmulatorRequest, EmulatorResponse } from "../types.ts";
import { bytesOf, once } from "./answer-bytes.ts";
import type { Interrupted } from "./interrupt.ts";
import type { Armed } from "./run.ts";

/** An answer that stops after N bytes, if it has as many. */
export async function stopped(
  armed: Armed,
  answer: EmulatorResponse,
  { method, carrier }: EmulatorRequest,
  interrupted: Interrupted,
): Promise<EmulatorResponse> {
  const { fault, bytes } = armed.rule;
  const measured = await measure(answer, method);
  if (bytes > measured.length) return measured.answer;
  if (fault.kind === "delay") {
    armed.fire();
    const delay = (): Promise<void> => interrupted.sleep(fault.ms);
    if (!carrier) await delay();
    return { ...measured.answer, wire: { ...answer.wire, stop: { bytes, manner: { delay } } } };
  }
  if (fault.kind !== "reset" && fault.kind !== "fin" && fault.kind !== "silence") return measured.answer;
  armed.fire();
  return { ...measured.answer, wire: { ...answer.wire, stop: { bytes, manner: fault.kind } } };
}

/** The bytes of an answer on the wire; one of unknown length is read for it. */
async function measure(
  answer: EmulatorResponse,
  method: string,
): Promise<{ length: number; answer: EmulatorResponse }> {
  const head = serialiseHead(answer, method).length;
  if (answer.body === undefined || method === "HEAD") return { length: head, answer };
  const declared = answer.headers["Content-Length"];
  if (declared !== undefined) return { length: head + Number(declared), answer };
  const body = await bytesOf(answer);
  const frames = `${body.length.toString(16)}\r\n\r\n0\r\n\r\n`.length;
  return { length: head + body.length + frames, answer: { ...answer, body: once(body) } };
}
