import { validateHeaderName, validateHeaderValue } from "node:http";
import { discard } from "../faults/response-body.ts";
import type { EmulatorResponse } from "../types.ts";

/** The same response. If HTTP cannot carry its status or its headers, drops its body and throws. */
export async function sendable(response: EmulatorResponse): Promise<EmulatorResponse> {
  try {
    checkHead(response);
    return response;
  } catch (error) {
    await discard(response);
    throw error;
  }
}

function checkHead({ status, headers }: EmulatorResponse): void {
  if (!Number.isInteger(status) || status < 200 || status > 999) {
    throw new RangeError(`${status} is not the status of a response`);
  }
  for (const [name, value] of Object.entries(headers)) {
    validateHeaderName(name);
    validateHeaderValue(name, value);
  }
}
