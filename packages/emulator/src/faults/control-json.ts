import { OptionRangeError, OptionTypeError } from "../options/option-errors.ts";
import type { EmulatorRequest, EmulatorResponse } from "../types.ts";
import { FaultScriptError } from "./validate.ts";

/** The body of a request as text. Undefined: it has more than `maxBytes`. */
export async function bodyText(request: EmulatorRequest, maxBytes: number): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of request.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** A response of the control API. `undefined` has no body. */
export function json(status: number, value?: unknown): EmulatorResponse {
  if (value === undefined) return { status, headers: {}, bare: true };
  const body = `${JSON.stringify(value, undefined, 2)}\n`;
  const length = String(Buffer.byteLength(body));
  return {
    status,
    headers: { "Content-Type": "application/json", "Content-Length": length },
    body,
    bare: true,
  };
}

/** The response to JSON that is wrong: a 400 that names the field. Any other error is thrown again. */
export function refused(error: unknown): EmulatorResponse {
  if (error instanceof FaultScriptError) return json(400, { error: error.message, field: error.field });
  if (error instanceof OptionTypeError || error instanceof OptionRangeError) {
    return json(400, { error: error.message, field: error.option });
  }
  if (error instanceof SyntaxError) return json(400, { error: `not JSON: ${error.message}` });
  throw error;
}
