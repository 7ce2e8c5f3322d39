import { dispatch } from "../operations/dispatch.ts";
import type { Call } from "../types.ts";
import { bytesOf } from "./response-body.ts";

/** Carries out a request a second time, as if the network had delivered it twice. The response is dropped. */
export async function deliverAgain(call: Call, body: readonly Uint8Array[]): Promise<void> {
  try {
    // The body is read to its end, because it may keep files open.
    await bytesOf(await dispatch(call.withBody(stream(body))));
  } catch {
    // A refusal of the second delivery does not concern the first.
  }
}

async function* stream(chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
